import type { VirtualTime } from '../virtual-time.ts';
import { type Chance, seededChance, within } from './chance.ts';
import { ClusterState } from './cluster-state.ts';
import { Journal } from './journal.ts';
import { ServiceScheduler } from './service-scheduler.ts';
import type { SimulatedInstance } from './simulated-instance.ts';
import type { SimulatedService } from './simulated-service.ts';
import type { SimulatedTask } from './simulated-task.ts';
import type { Simulation, TaskSetup } from './simulation-setup.ts';
import { TargetGroups } from './target-groups.ts';
import { TaskLife } from './task-life.ts';

/** What happens in a simulated cluster, whoever asks for it: the APIs in front of it, ECS's scheduler, EC2. */
export class SimulatedWorld {
  readonly state: ClusterState;
  readonly targets: TargetGroups;
  readonly scheduler: ServiceScheduler;
  readonly life: TaskLife;
  readonly chance: Chance;
  readonly #time: VirtualTime;
  readonly #consistencyMillis: number;
  readonly #startMillis: number;
  #reads = 0;
  /** A service wants tasks that fit nowhere: told each time that ECS's scheduler looks. */
  onUnplaced: (service: SimulatedService) => void = () => undefined;
  /** An instance is gone, whoever took it away; it may never have registered. */
  onGone: (instance: SimulatedInstance) => void = () => undefined;

  constructor(simulation: Simulation, time: VirtualTime) {
    const { clusterName, paces, groups } = simulation;
    this.#time = time;
    this.#startMillis = time.nowMillis();
    this.#consistencyMillis = simulation.consistencyMillis;
    this.chance = seededChance(simulation.seed);
    this.state = new ClusterState(clusterName, new Journal());
    this.targets = new TargetGroups({ groups, paces }, this.state, this.chance, time);
    this.life = new TaskLife(time, this.chance, paces, this.state.journal, {
      running: (task) => {
        this.targets.running(task);
        this.scheduler.changed(task.origin.service);
      },
      closed: (task) => this.targets.closed(task),
      ended: (task) => {
        this.scheduler.ended(task);
        if (task.origin.instance.status === 'ACTIVE') this.scheduler.allChanged();
      },
      answeredBy: (task) => this.targets.answeredBy(task),
    });
    this.scheduler = new ServiceScheduler({
      state: this.state,
      life: this.life,
      targets: this.targets,
      time,
      schedulerMillis: paces.schedulerMillis,
      onUnplaced: (service) => this.onUnplaced(service),
    });
    this.targets.onHealthy = (task) => this.scheduler.changed(task.origin.service);
  }

  nowMillis(): number {
    return this.#time.nowMillis();
  }

  /** The instant that the next read shows. Never before the beginning. */
  readsAsOf(): number {
    const staleness = this.chance('staleness', ++this.#reads);
    return Math.max(this.#startMillis, this.nowMillis() - within([0, this.#consistencyMillis], staleness));
  }

  setInstanceState(instance: SimulatedInstance, status: 'ACTIVE' | 'DRAINING'): void {
    if (instance.status === status || instance.registeredAtMillis === null) return;
    if (instance.status === 'INACTIVE') return;
    instance.status = status;
    const now = this.nowMillis();
    instance.record(now);
    const what = status === 'DRAINING' ? 'instance-draining' : 'instance-active';
    this.state.journal.note(now, what, instance.containerInstanceArn);
    if (status === 'DRAINING') this.#stopPending(instance);
    this.scheduler.allChanged();
  }

  stopTask(task: SimulatedTask): void {
    this.life.stop(task, 'stop-task');
    this.scheduler.changed(task.origin.service);
  }

  /** RunTask: a task of its own that ends by itself when it has run for so long. Undefined when it fits nowhere. */
  runTask(family: string, setup: TaskSetup, lastsMillis: number): SimulatedTask | undefined {
    const definition = this.state.define(family, setup);
    const instance = this.state.roomiest(definition);
    if (instance === undefined) return undefined;
    const task = this.state.addTask({ instance, definition, portCount: 0 });
    this.life.begin(task);
    this.#time.at(this.nowMillis() + lastsMillis, () => this.life.end(task, 'itself'));
    return task;
  }

  /** The machine is gone, and all that ran on it. */
  cutOff(instance: SimulatedInstance): void {
    if (instance.goneAtMillis !== null) return;
    const now = this.nowMillis();
    instance.goneAtMillis = now;
    const wasRegistered = instance.registeredAtMillis !== null;
    instance.status = 'INACTIVE';
    this.state.liveInstances.delete(instance);
    for (const task of [...instance.liveTasks]) this.life.end(task, 'instance-gone');
    if (wasRegistered) instance.record(now);
    this.state.journal.note(now, 'instance-gone', instance.containerInstanceArn);
    this.scheduler.allChanged();
    this.onGone(instance);
  }

  /** The machine has booted, and ECS's agent on it has registered. */
  register(instance: SimulatedInstance): void {
    if (instance.goneAtMillis !== null) return;
    this.state.registerInstance(instance, this.nowMillis());
    this.scheduler.allChanged();
  }

  setDesiredCount(service: SimulatedService, desiredCount: number): void {
    if (service.desiredCount === desiredCount) return;
    service.desiredCount = desiredCount;
    this.scheduler.changed(service);
  }

  /** A new revision of a service's task definition: its tasks are replaced as minimumHealthyPercent and maximumPercent allow. */
  deploy(service: SimulatedService): void {
    const { family, taskDefinitionArn } = service.definition;
    const revision = Number(taskDefinitionArn.slice(taskDefinitionArn.lastIndexOf(':') + 1)) + 1;
    service.definition = this.state.define(family, service.setup, revision);
    service.isDeploying = true;
    this.state.journal.note(this.nowMillis(), 'service-deploying', service.serviceArn);
    this.scheduler.changed(service);
  }

  #stopPending(instance: SimulatedInstance): void {
    for (const task of [...instance.liveTasks])
      if (task.lastStatus === 'PENDING' && task.origin.service !== null) this.life.stop(task, 'service');
  }
}

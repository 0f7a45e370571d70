import type { VirtualTime } from '../virtual-time.ts';
import { type Chance, seededChance, within } from './chance.ts';
import { ClusterState } from './cluster-state.ts';
import { Journal } from './journal.ts';
import { ServiceScheduler } from './service-scheduler.ts';
import type { SimulatedInstance } from './simulated-instance.ts';
import type { SimulatedTask } from './simulated-task.ts';
import type { Simulation } from './simulation-setup.ts';
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
    if (instance.status === status || instance.status === 'INACTIVE') return;
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

  /** The machine is gone, and all that ran on it. */
  cutOff(instance: SimulatedInstance): void {
    if (instance.goneAtMillis !== null) return;
    const now = this.nowMillis();
    instance.goneAtMillis = now;
    instance.status = 'INACTIVE';
    for (const task of [...instance.liveTasks]) this.life.end(task, 'instance-gone');
    instance.record(now);
    this.state.journal.note(now, 'instance-gone', instance.containerInstanceArn);
    this.scheduler.allChanged();
  }

  #stopPending(instance: SimulatedInstance): void {
    for (const task of [...instance.liveTasks])
      if (task.lastStatus === 'PENDING' && task.origin.service !== null) this.life.stop(task, 'service');
  }
}

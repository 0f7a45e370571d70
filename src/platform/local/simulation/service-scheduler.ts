import type { VirtualTime } from '../virtual-time.ts';
import { type ClusterState, targetOf } from './cluster-state.ts';
import { planReplacement, type ServiceStanding } from './plan-replacement.ts';
import type { SimulatedInstance } from './simulated-instance.ts';
import type { SimulatedService } from './simulated-service.ts';
import type { SimulatedTask, TaskOrigin } from './simulated-task.ts';
import type { TargetGroups } from './target-groups.ts';
import type { TaskLife } from './task-life.ts';

export interface SchedulerParts {
  readonly state: ClusterState;
  readonly life: TaskLife;
  readonly targets: TargetGroups;
  readonly time: VirtualTime;
  readonly schedulerMillis: number;
  /** A service wants tasks that fit nowhere. */
  readonly onUnplaced: (service: SimulatedService) => void;
}

/**
 * ECS's own scheduler: looks every few seconds at services for which something has changed, keeps their number of tasks,
 * replaces those on instances that drain, and keeps their target groups. It registers what runs and deregisters what it
 * stops before SIGTERM; what somebody else stops, it deregisters when it next looks.
 */
export class ServiceScheduler {
  readonly #parts: SchedulerParts;
  readonly #changed = new Set<SimulatedService>();
  readonly #endedTasks = new Map<SimulatedService, SimulatedTask[]>();
  #isLooking = false;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
  }

  changed(service: SimulatedService | null): void {
    if (service === null) return;
    this.#changed.add(service);
    if (this.#isLooking) return;
    this.#isLooking = true;
    const { time, schedulerMillis } = this.#parts;
    const nextLook = (Math.floor(time.nowMillis() / schedulerMillis) + 1) * schedulerMillis;
    time.at(nextLook, () => this.#look());
  }

  /** Room came or went: what couldn't be placed may be placed now. */
  allChanged(): void {
    for (const service of this.#parts.state.services.values()) this.changed(service);
  }

  ended(task: SimulatedTask): void {
    const { service } = task.origin;
    if (service === null) return;
    const ended = this.#endedTasks.get(service);
    if (ended === undefined) this.#endedTasks.set(service, [task]);
    else ended.push(task);
    this.changed(service);
  }

  #look(): void {
    this.#isLooking = false;
    const services = [...this.#changed];
    this.#changed.clear();
    for (const service of services) {
      this.#keepTargets(service);
      if (service.setup.schedulingStrategy === 'DAEMON') this.#keepDaemons(service);
      else this.#keepCount(service);
    }
  }

  #keepTargets(service: SimulatedService): void {
    for (const task of this.#endedTasks.get(service) ?? []) this.#deregister(task);
    this.#endedTasks.delete(service);
    for (const task of service.liveTasks) {
      if (task.desiredStatus === 'STOPPED') this.#deregister(task);
      else if (task.lastStatus === 'RUNNING' && !task.wasRegistered) this.#register(task);
    }
  }

  #register(task: SimulatedTask): void {
    const { targets } = this.#parts;
    const { service, ports, instance } = task.origin;
    task.wasRegistered = true;
    service?.groups.forEach((name, place) => {
      const group = targets.groups.get(name);
      const port = ports[place];
      if (group !== undefined && port !== undefined)
        targets.register(group, targetOf(instance.instanceId, port));
    });
  }

  #deregister(task: SimulatedTask): void {
    const { targets } = this.#parts;
    for (const { group, registration } of targets.registrationsOf(task))
      targets.deregister(group, registration.target);
  }

  #keepCount(service: SimulatedService): void {
    const { life } = this.#parts;
    const wanted = [...service.liveTasks].filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
    const staying = wanted.filter(({ origin }) => isStaying(origin, service));
    const leaving = wanted.filter(({ origin }) => !isStaying(origin, service));
    const standing = {
      ...this.#standing(service, wanted),
      staying: staying.length,
      leaving: leaving.length,
    };
    const plan = planReplacement(standing);
    for (const task of leaving.slice(0, plan.stopLeaving)) this.#stop(task);
    for (const task of staying.slice(staying.length - plan.stopStaying)) this.#stop(task);
    for (let count = 0; count < plan.start; count++) {
      const instance = this.#parts.state.roomiest(service.definition, service);
      if (instance !== undefined) life.begin(this.#place(service, instance));
    }
    const missing = service.desiredCount - staying.length - plan.start;
    if (missing > 0 && standing.room === plan.start) this.#parts.onUnplaced(service);
    if (service.isDeploying && missing <= 0 && standing.healthy >= service.desiredCount)
      this.#endDeployment(service, wanted);
  }

  #endDeployment(service: SimulatedService, wanted: readonly SimulatedTask[]): void {
    if (wanted.some(({ origin }) => origin.definition !== service.definition)) return;
    service.isDeploying = false;
    const { state, time } = this.#parts;
    state.journal.note(time.nowMillis(), 'service-steady', service.serviceArn);
  }

  #standing(service: SimulatedService, wanted: readonly SimulatedTask[]) {
    const { desiredCount, minimumHealthyPercent, maximumPercent } = service;
    let room = 0;
    for (const instance of this.#parts.state.liveInstances)
      room += instance.roomFor(service.definition, service);
    const healthy = wanted.filter((task) => this.#isHealthy(task)).length;
    return { desiredCount, minimumHealthyPercent, maximumPercent, room, healthy } satisfies Omit<
      ServiceStanding,
      'staying' | 'leaving'
    >;
  }

  #isHealthy(task: SimulatedTask): boolean {
    if (!task.isServing) return false;
    const { service } = task.origin;
    if (service === null || service.groups.length === 0) return true;
    const registrations = this.#parts.targets.registrationsOf(task);
    return (
      registrations.length > 0 && registrations.every(({ registration }) => registration.state === 'healthy')
    );
  }

  #keepDaemons(service: SimulatedService): void {
    const { state, life } = this.#parts;
    const covered = new Set<SimulatedInstance>();
    for (const { origin, desiredStatus } of service.liveTasks)
      if (desiredStatus === 'RUNNING') covered.add(origin.instance);
    for (const instance of state.liveInstances)
      if (!covered.has(instance) && instance.roomFor(service.definition, service) > 0)
        life.begin(this.#place(service, instance));
  }

  /** With its targets deregistered first, and SIGTERM after the longest of their delays. */
  #stop(task: SimulatedTask): void {
    const { life, targets } = this.#parts;
    const delays = targets
      .registrationsOf(task)
      .map(({ group }) => group.facts.deregistrationDelaySeconds * 1000);
    this.#deregister(task);
    life.stop(task, 'service', Math.max(0, ...delays));
  }

  #place(service: SimulatedService, instance: SimulatedInstance): SimulatedTask {
    const { definition, groups } = service;
    return this.#parts.state.addTask({ instance, definition, service, portCount: groups.length });
  }
}

/** On an instance that stays, and of the newest deployment. */
const isStaying = ({ instance, definition }: TaskOrigin, service: SimulatedService): boolean =>
  instance.status === 'ACTIVE' && definition === service.definition;

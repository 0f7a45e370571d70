import { placeTask, type SimulatedInstance, type SimulatedTask } from './simulated-parts.ts';
import type { SimulatedServiceSetup } from './simulation.ts';

const never = Number.POSITIVE_INFINITY;

/** The order in which a service that has too many tasks stops them. */
const stopsEarlier = (one: SimulatedTask, other: SimulatedTask): number => {
  if (one.state !== other.state) return one.state === 'starting' ? -1 : 1;
  // As ECS does where tasks are placed by binpack: from the instance that will have the most left.
  return (other.instance?.freeMemoryMib ?? 0) - (one.instance?.freeMemoryMib ?? 0);
};

/** A service's tasks, and ECS's scheduler for them: `minimumHealthyPercent` 100, `maximumPercent` 200. */
export class SimulatedService {
  readonly setup: SimulatedServiceSetup;
  desired: number;
  readonly tasks = new Set<SimulatedTask>();
  /** Seconds; infinite when no placement has failed. */
  placementFailedAt = never;
  /** Tasks that wait for room. */
  unplaced = 0;
  starting = 0;
  serving = 0;
  #servingOn = 0;
  #nextChange = never;
  #named = 0;
  #deployment: {
    readonly since: number;
    readonly seconds: number;
    readonly old: readonly SimulatedTask[];
  } | null = null;

  constructor(setup: SimulatedServiceSetup) {
    this.setup = setup;
    this.desired = setup.initialTasks;
  }

  get isDeploying(): boolean {
    return this.#deployment !== null;
  }

  /** When a deployment begins or goes on, tasks start, serve, stop: whether anything changed. */
  advance(second: number): boolean {
    let changed = this.#deploy(second);
    if (second >= this.#nextChange) {
      for (const task of this.tasks) {
        if (task.changesAt > second && (task.state !== 'serving' || task.stopsBy > second)) continue;
        changed = true;
        if (task.state === 'starting') {
          task.state = 'serving';
          task.changesAt = never;
        } else if (task.state === 'serving') this.stop(task, second);
        else this.remove(task);
      }
    }
    if (changed) this.#count();
    return changed;
  }

  /** Starts and stops tasks until as many as are desired are there, as far as there is room. */
  schedule(second: number, instances: Iterable<SimulatedInstance> | null): void {
    let staying = 0;
    for (const task of this.tasks) if (!task.isLeaving && task.state !== 'stopping') staying++;
    this.unplaced = 0;
    for (; staying < this.desired; staying++) {
      const instance = instances === null ? null : placeTask(this.setup, instances);
      if (instance === undefined) {
        this.unplaced = this.desired - staying;
        this.placementFailedAt = second;
        break;
      }
      this.#start(second, instance);
    }
    if (staying > this.desired) {
      const candidates = [...this.tasks].filter((task) => !task.isLeaving && task.state !== 'stopping');
      for (const task of candidates.sort(stopsEarlier).slice(0, staying - this.desired))
        this.stop(task, second);
    }
    this.#count();
    this.#relieve(second);
  }

  /** As at the beginning: serving, on whatever has room. */
  seed(instances: Iterable<SimulatedInstance> | null): void {
    for (let count = 0; count < this.setup.initialTasks; count++) {
      const instance = instances === null ? null : placeTask(this.setup, instances);
      if (instance === undefined) break;
      const task = this.#start(0, instance);
      task.state = 'serving';
      task.changesAt = never;
      instance?.images.set(this.setup.service, 0);
    }
    this.#count();
  }

  stop(task: SimulatedTask, second: number): void {
    task.state = 'stopping';
    task.changesAt = second + this.setup.stopSeconds;
    this.#nextChange = Math.min(this.#nextChange, task.changesAt);
  }

  remove(task: SimulatedTask): void {
    if (!this.tasks.delete(task)) return;
    const { instance, setup } = task;
    if (instance === null) return;
    instance.tasks.delete(task);
    instance.freeCpu += setup.cpu;
    instance.freeMemoryMib += setup.memoryMib;
  }

  /** It is to be replaced; by `stopsBy` it is told to stop, replaced or not. */
  leave(task: SimulatedTask, stopsBy: number): void {
    task.isLeaving = true;
    task.stopsBy = Math.min(task.stopsBy, stopsBy);
    this.#nextChange = Math.min(this.#nextChange, task.stopsBy);
  }

  #start(second: number, instance: SimulatedInstance | null): SimulatedTask {
    const { setup } = this;
    const pulled = instance?.images.get(setup.service) ?? second + setup.imagePullSeconds;
    instance?.images.set(setup.service, pulled);
    const task: SimulatedTask = {
      taskArn: `arn:aws:ecs:eu-west-1:123456789012:task/simulated/${setup.service}-${this.#named++}`,
      setup,
      instance,
      state: 'starting',
      changesAt: Math.max(second, pulled) + setup.startSeconds,
      isLeaving: false,
      stopsBy: never,
    };
    this.tasks.add(task);
    this.#nextChange = Math.min(this.#nextChange, task.changesAt);
    if (instance !== null) {
      instance.tasks.add(task);
      instance.freeCpu -= setup.cpu;
      instance.freeMemoryMib -= setup.memoryMib;
    }
    return task;
  }

  /** Tasks that leave stop as soon as enough serve without them. */
  #relieve(second: number): void {
    let surplus = this.serving - this.desired;
    if (surplus <= 0 || this.#servingOn === this.serving) return;
    for (const task of this.tasks) {
      if (!task.isLeaving || task.state !== 'serving') continue;
      this.stop(task, second);
      if (--surplus === 0) break;
    }
    this.#count();
  }

  #deploy(second: number): boolean {
    const begins = this.setup.deployments?.find(({ atSecond }) => atSecond === second);
    if (begins !== undefined) {
      this.#deployment = { since: second, seconds: begins.seconds, old: [...this.tasks] };
      // A new version is a new image.
      for (const { instance } of this.tasks) instance?.images.delete(this.setup.service);
    }
    if (this.#deployment === null) return false;
    const { since, seconds, old } = this.#deployment;
    const gone = Math.ceil((old.length * (second - since + 1)) / Math.max(1, seconds));
    let changed = false;
    for (const task of old.slice(0, gone)) {
      if (task.isLeaving || !this.tasks.has(task)) continue;
      this.leave(task, never);
      changed = true;
    }
    if (second >= since + seconds && !old.some((task) => this.tasks.has(task))) {
      this.#deployment = null;
      changed = true;
    }
    return changed;
  }

  #count(): void {
    this.starting = 0;
    this.serving = 0;
    this.#servingOn = 0;
    this.#nextChange = never;
    for (const task of this.tasks) {
      if (task.state === 'starting') this.starting++;
      if (task.state === 'serving') {
        this.serving++;
        if (!task.isLeaving) this.#servingOn++;
        if (task.stopsBy < this.#nextChange) this.#nextChange = task.stopsBy;
      }
      if (task.changesAt < this.#nextChange) this.#nextChange = task.changesAt;
    }
  }
}

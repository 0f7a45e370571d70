import type { VirtualTime } from '../virtual-time.ts';
import { type Chance, within } from './chance.ts';
import type { Journal } from './journal.ts';
import type { SimulatedTask, TaskEnding } from './simulated-task.ts';
import type { SimulationPaces } from './simulation-setup.ts';

/** What others do when a task comes to a new part of its life. */
export interface TaskWatcher {
  running(task: SimulatedTask): void;
  /** It accepts no more requests. */
  closed(task: SimulatedTask): void;
  ended(task: SimulatedTask): void;
  /** When the last of its requests that were sent until now is answered. */
  answeredBy(task: SimulatedTask): number;
}

/** The agent's setting ECS_CONTAINER_STOP_TIMEOUT, unless changed. */
const agentStopTimeoutSeconds = 30;

/** Leads tasks from PENDING to STOPPED, at the instants at which an agent would. */
export class TaskLife {
  readonly #time: VirtualTime;
  readonly #chance: Chance;
  readonly #paces: SimulationPaces;
  readonly #journal: Journal;
  readonly #watcher: TaskWatcher;

  constructor(
    time: VirtualTime,
    chance: Chance,
    paces: SimulationPaces,
    journal: Journal,
    watcher: TaskWatcher,
  ) {
    this.#time = time;
    this.#chance = chance;
    this.#paces = paces;
    this.#journal = journal;
    this.#watcher = watcher;
  }

  begin(task: SimulatedTask): void {
    this.#show(task, 'PENDING');
    this.#journal.note(this.#time.nowMillis(), 'task-pending', task.taskArn);
    this.#after(within(this.#paces.startMillis, this.#chance('start', task.origin.index)), () => {
      if (task.desiredStatus === 'RUNNING' && task.endedAtMillis === null) this.run(task);
    });
  }

  run(task: SimulatedTask, seenFromMillis = this.#time.nowMillis()): void {
    task.runningAtMillis = this.#time.nowMillis();
    this.#show(task, 'RUNNING', seenFromMillis);
    this.#journal.note(this.#time.nowMillis(), 'task-running', task.taskArn);
    this.#watcher.running(task);
  }

  /** It is wanted to stop: SIGTERM comes when the agent has heard of it, or `deactivatingMillis` later. */
  stop(task: SimulatedTask, by: TaskEnding, deactivatingMillis = 0): void {
    if (task.desiredStatus === 'STOPPED') return;
    task.desiredStatus = 'STOPPED';
    task.stopAskedAtMillis = this.#time.nowMillis();
    task.endedBy = by;
    this.#journal.note(this.#time.nowMillis(), 'task-stopping', task.taskArn);
    if (task.lastStatus === 'PENDING') {
      this.end(task, by);
      return;
    }
    this.#show(task, deactivatingMillis > 0 ? 'DEACTIVATING' : 'RUNNING');
    const heard = within(this.#paces.agentMillis, this.#chance('agent', task.origin.index));
    this.#after(deactivatingMillis + heard, () => this.#terminate(task));
  }

  /** Now, whatever it was doing. */
  end(task: SimulatedTask, by: TaskEnding): void {
    if (task.endedAtMillis !== null) return;
    this.#close(task);
    task.endedAtMillis = this.#time.nowMillis();
    task.endedBy ??= by;
    task.desiredStatus = 'STOPPED';
    task.origin.instance.release(task);
    task.origin.service?.liveTasks.delete(task);
    this.#show(task, 'STOPPED');
    this.#journal.note(this.#time.nowMillis(), 'task-stopped', task.taskArn);
    this.#watcher.ended(task);
  }

  #terminate(task: SimulatedTask): void {
    if (task.endedAtMillis !== null) return;
    const { definition, index } = task.origin;
    const now = this.#time.nowMillis();
    task.sigtermAtMillis = now;
    this.#show(task, 'STOPPING');
    this.#journal.note(now, 'task-sigterm', task.taskArn);
    if (definition.onSigterm === 'dies') {
      this.end(task, task.endedBy ?? 'itself');
      return;
    }
    const killAtMillis = now + (definition.stopTimeoutSeconds ?? agentStopTimeoutSeconds) * 1000;
    const exitAtMillis = now + within(definition.exitMillis, this.#chance('exit', index));
    const finish = (): void => {
      this.#close(task);
      const answered = this.#watcher.answeredBy(task);
      this.#time.at(Math.min(killAtMillis, Math.max(exitAtMillis, answered)), () =>
        this.end(task, task.endedBy ?? 'itself'),
      );
    };
    if (definition.servesOnMillis === 0) finish();
    else this.#time.at(Math.min(killAtMillis, now + definition.servesOnMillis), finish);
  }

  #close(task: SimulatedTask): void {
    if (task.closedAtMillis !== null) return;
    task.closedAtMillis = this.#time.nowMillis();
    this.#watcher.closed(task);
  }

  #show(
    task: SimulatedTask,
    lastStatus: SimulatedTask['lastStatus'],
    fromMillis = this.#time.nowMillis(),
  ): void {
    const by = Number(lastStatus === 'RUNNING') - Number(task.lastStatus === 'RUNNING');
    if (by !== 0) task.origin.service?.running.change(fromMillis, by);
    task.lastStatus = lastStatus;
    task.record(fromMillis);
    task.origin.instance.record(fromMillis);
  }

  #after(millis: number, action: () => void): void {
    this.#time.at(this.#time.nowMillis() + millis, action);
  }
}

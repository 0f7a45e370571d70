import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of its own, and every process started for the bench; both are gone when it is closed. */
export class Workspace {
  readonly folder: string;
  readonly #running = new Map<ChildProcess, Promise<void>>();

  readonly #keep: boolean;
  #closing = false;

  private constructor(folder: string, keep: boolean) {
    this.folder = folder;
    this.#keep = keep;
  }

  static async open({ keep }: { readonly keep: boolean }): Promise<Workspace> {
    return new Workspace(await mkdtemp(join(tmpdir(), 'stormdrain-bench-')), keep);
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  /** Each in a process group of its own, so that what it starts can be ended with it. */
  spawn(command: readonly string[], options: SpawnOptions): ChildProcess {
    // Whoever still works after an interrupt must not leave a process behind.
    if (this.#closing) throw new Error('the bench is over');
    const [program = '', ...args] = command;
    const child = spawn(program, args, { cwd: this.folder, ...options, detached: true });
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    }).then(() => {
      this.#running.delete(child);
    });
    this.#running.set(child, ended);
    return child;
  }

  /** SIGTERM to its group, then SIGKILL if it is still there after `graceMillis`. */
  async end(child: ChildProcess, graceMillis = 5000): Promise<void> {
    const ended = this.#running.get(child);
    if (ended === undefined) return;
    signalGroup(child, 'SIGTERM');
    const kill = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMillis);
    await ended;
    clearTimeout(kill);
  }

  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all([...this.#running.keys()].map((child) => this.end(child)));
    if (!this.#keep) await rm(this.folder, { recursive: true, force: true });
  }
}

const signalGroup = (child: ChildProcess, signal: NodeJS.Signals): void => {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

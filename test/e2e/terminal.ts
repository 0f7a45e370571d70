import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const launcher = resolve('bin/stormdrain.mjs');

/** What a command came to. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Command {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** A folder of its own to type commands in. */
export interface Terminal {
  readonly folder: string;
  write(file: string, text: string): Promise<void>;
  /** Starts the command line, as `stormdrain ...words`. */
  start(...words: readonly string[]): Command;
  type(...words: readonly string[]): Promise<Finished>;
  close(): Promise<void>;
}

/** Starts a program; its output is collected. */
export const start = (
  program: string,
  words: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
): Command => {
  const child = spawn(program, [...words], {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const finished = new Promise<Finished>((done, failed) => {
    child.once('error', failed);
    child.once('close', (code) => done({ code, stdout, stderr }));
  });
  return { process: child, finished };
};

export const openTerminal = async (): Promise<Terminal> => {
  const folder = await mkdtemp(join(tmpdir(), 'stormdrain-terminal-'));
  const startHere = (...words: readonly string[]): Command =>
    start(process.execPath, [launcher, ...words], { cwd: folder });
  return {
    folder,
    write: (file, text) => writeFile(join(folder, file), text),
    start: startHere,
    type: (...words) => startHere(...words).finished,
    close: () => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
  };
};

/** The machine's own environment: without what npm and a test runner add to it. */
export const bareEnvironment = (): NodeJS.ProcessEnv => {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !name.toLowerCase().startsWith('npm_') &&
      name !== 'NODE_OPTIONS' &&
      !name.startsWith('STORMDRAIN') &&
      !name.startsWith('VITEST'),
  );
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  return { ...Object.fromEntries(kept), PATH: path.join(delimiter) };
};

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Waits until `ready` gives a value; how long that took is for the reader, not for an assertion. */
export const waitUntil = async <Value>(
  what: string,
  ready: () => Promise<Value | undefined>,
  limitMillis = 30_000,
): Promise<Value> => {
  const giveUpAt = Date.now() + limitMillis;
  for (;;) {
    const value = await ready();
    if (value !== undefined) return value;
    if (Date.now() > giveUpAt) throw new Error(`waited ${limitMillis} ms in vain for ${what}`);
    await sleep(100);
  }
};

import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';

/**
 * Appends all that a process writes to a file, in the order in which it comes. Written at once: this process may be the
 * next to end. A file that can't be opened or written to harms nobody: the same lines are in the logs.
 */
export const keepOutput = (child: ChildProcess, path: string): void => {
  const file = opened(path);
  if (file === undefined) return;
  const write = (chunk: Buffer): void => {
    try {
      writeSync(file, chunk);
    } catch {
      // The disk may be full.
    }
  };
  child.stdout?.on('data', write);
  child.stderr?.on('data', write);
  child.once('close', () => closeSync(file));
};

const opened = (path: string): number | undefined => {
  try {
    return openSync(path, 'a');
  } catch {
    return undefined;
  }
};

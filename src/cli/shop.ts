import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from './package-root.ts';

const startLimitMillis = 10_000;
const stopLimitMillis = 400;

/** The sample shop, running as a child process. */
export interface Shop {
  readonly port: number;
  /** Returns when the process has ended. */
  stop(): Promise<void>;
}

const listening = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    const limit = setTimeout(
      () => reject(new Error('the sample shop did not start in time')),
      startLimitMillis,
    );
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new Error(`the sample shop ended early (${signal ?? `exit code ${code}`})`)),
    );
    child.once('message', (message: { readonly port?: unknown }) => {
      clearTimeout(limit);
      if (typeof message.port === 'number') resolve(message.port);
      else reject(new Error('the sample shop did not say its port'));
    });
  });

const stopChild = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const limit = setTimeout(() => child.kill('SIGKILL'), stopLimitMillis);
  await ended;
  clearTimeout(limit);
};

/** Starts the shop of examples/shop on a free loopback port. */
export const startShop = async (): Promise<Shop> => {
  const server = join(packageRoot(), 'examples', 'shop', 'server.mjs');
  // A process group of its own: Ctrl-C in the terminal must not end the shop before the run has stopped. Should this
  // process be killed, the shop notices that its channel is gone.
  const child = spawn(process.execPath, [server, '--port', '0'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    return { port: await listening(child), stop: () => stopChild(child) };
  } catch (error) {
    await stopChild(child);
    throw error;
  }
};

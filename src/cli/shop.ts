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

/** As ECS would name it, were it a service there. */
const shopContainer = { family: 'shop', container: 'app' };
/** A folder takes milliseconds; whoever leaves waits for no more. */
const lastLogsMillis = 200;

const openShipper = async (home: string) => {
  const [{ FolderStore }, { LogShipper }] = await Promise.all([
    import('../platform/local/folder-store.ts'),
    import('../platform/local/log-shipper.ts'),
  ]);
  return new LogShipper({ store: new FolderStore(home), name: shopContainer, nowMillis: Date.now });
};

/** Starts the shop of examples/shop on a free loopback port. With a home, a line for each request goes into its logs. */
export const startShop = async (home?: string): Promise<Shop> => {
  const logs = home === undefined ? undefined : await openShipper(home);
  const server = join(packageRoot(), 'examples', 'shop', 'server.mjs');
  // A process group of its own: Ctrl-C in the terminal must not end the shop before the run has stopped. Should this
  // process be killed, the shop notices that its channel is gone.
  const child = spawn(process.execPath, [server, '--port', '0', ...(logs === undefined ? [] : ['--log'])], {
    detached: true,
    stdio: ['ignore', logs === undefined ? 'ignore' : 'pipe', 'inherit', 'ipc'],
  });
  const { pid, stdout } = child;
  if (pid !== undefined) logs?.follow({ pid, task: `${pid} ${Date.now()}`, stdout, stderr: null });
  const stop = async (): Promise<void> => {
    await stopChild(child);
    await logs?.close(lastLogsMillis);
  };
  try {
    return { port: await listening(child), stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

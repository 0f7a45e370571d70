import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRuntimeApi } from '../../../src/platform/haproxy/runtime-api.ts';

export interface RealHaproxy {
  readonly port: number;
  /** Path of its stats socket. */
  readonly socket: string;
  /** Requests that did not end with a 200, and those that were sent again, as HAProxy's log has them. */
  readonly failures: readonly LoggedRequest[];
  /**
   * A new process takes over from the old one, which sees its connections through: what a reload does. `servers`: lines of
   * the first backend.
   */
  reload(servers?: string): Promise<void>;
  close(): Promise<void>;
}

export interface LoggedRequest {
  readonly server: string;
  readonly status: number;
  /** Two letters: what ended it, and in which phase (HAProxy's configuration manual, 8.5). */
  readonly termination: string;
}

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/** Whether the process that answers on the stats socket is this one; after a reload the path is the new one's. */
const isServing = async (socket: string, pid: number | undefined): Promise<boolean> => {
  try {
    const info = await createRuntimeApi({ address: socket, tries: 1 }).ask('show info');
    return info.split('\n').includes(`Pid: ${pid}`);
  } catch {
    return false;
  }
};

interface Places {
  readonly port: number;
  readonly logPort: number;
  readonly socket: string;
  readonly backends: readonly string[];
}

const config = ({ port, logPort, socket, backends }: Places, servers = ''): string => `
global
  stats socket ${socket} mode 600 level admin expose-fd listeners
  hard-stop-after 30s
  log 127.0.0.1:${logPort} local0
defaults
  mode http
  log global
  option dontlog-normal
  option dontlognull
  log-format "%s %ST %ts"
  timeout connect 1s
  timeout client 30s
  timeout server 30s
  retries 3
  option redispatch
frontend entry
  bind 127.0.0.1:${port}
  default_backend ${backends[0]}
${backends.map((backend, n) => `backend ${backend}\n  balance roundrobin\n${n === 0 ? servers : ''}`).join('')}`;

/** Lines as `<134>Nov 21 09:31:00 haproxy[12]: sd-127-0-0-1-80 502 SH`. */
const collectLog = async (failures: LoggedRequest[]): Promise<Socket> => {
  const log = createSocket('udp4');
  log.on('message', (line) => {
    const [, server = '', status, termination = ''] = /: (\S+) (-?\d+) (\S+)\s*$/.exec(String(line)) ?? [];
    if (status !== undefined && status !== '200')
      failures.push({ server, status: Number(status), termination });
  });
  log.bind(0, '127.0.0.1');
  await once(log, 'listening');
  return log;
};

/** The HAProxy of this machine with empty backends. */
export const startHaproxy = async (backends: readonly string[]): Promise<RealHaproxy> => {
  const folder = await mkdtemp(join(tmpdir(), 'stormdrain-haproxy-'));
  const socket = join(folder, 'admin.sock');
  const file = join(folder, 'haproxy.cfg');
  const port = await freePort();
  const failures: LoggedRequest[] = [];
  const log = await collectLog(failures);
  const places = { port, logPort: log.address().port, socket, backends };
  await writeFile(file, config(places));
  const processes: ChildProcess[] = [];
  const start = async (options: readonly string[]): Promise<void> => {
    const child = spawn('haproxy', ['-db', '-f', file, ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
    processes.push(child);
    let said = '';
    child.stderr.on('data', (chunk) => {
      said = (said + String(chunk)).slice(-2000);
    });
    for (let tries = 100; !(await isServing(socket, child.pid)); tries--) {
      if (tries === 0 || child.exitCode !== null)
        throw new Error(`haproxy ${child.pid} doesn't answer on ${socket}: ${said}`);
      await sleep(50);
    }
  };
  const close = async (): Promise<void> => {
    await Promise.all(
      processes.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
      }),
    );
    log.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await start([]);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    port,
    socket,
    failures,
    reload: async (servers = '') => {
      await writeFile(file, config(places, servers));
      const old = processes.at(-1);
      await start(['-x', socket, '-sf', String(old?.pid)]);
    },
    close,
  };
};

import { spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram } from '../peers/find-program.ts';
import type { Workspace } from '../workspace.ts';
import { writeCertificate } from './certificate.ts';
import { findFreePorts } from './free-ports.ts';
import { type NginxStatus, nginxConfig, parseNginxStatus } from './nginx-config.ts';

export interface Nginx {
  readonly http: string;
  readonly https: string;
  status(): Promise<NginxStatus | undefined>;
  /** Requests that it answered while `work` went on. Undefined when it can't tell. */
  counting<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly requests: number | undefined }>;
  close(): Promise<void>;
}

export const nginxInstall = 'apt-get install nginx-light';

/** Undefined when it is not installed. */
export const nginxVersion = (): string | undefined => {
  const program = findNginx();
  if (program === undefined) return undefined;
  return /nginx\/(\S+)/.exec(spawnSync(program, ['-v'], { encoding: 'utf8' }).stderr)?.[1];
};

// Where Debian keeps it is on root's PATH only.
const findNginx = (): string | undefined => findProgram('nginx', ['/usr/sbin', '/usr/local/sbin']);

const tenKilobytes = 'stormdrain'.repeat(1024);

/** `prefix` goes before the command: which CPU it runs on. Throws when it doesn't come up. */
export const startNginx = async (workspace: Workspace, prefix: readonly string[]): Promise<Nginx> => {
  const program = findNginx();
  if (program === undefined) throw new Error(`nginx is not installed: ${nginxInstall}`);
  const folder = workspace.path(`nginx-${Date.now()}`);
  await mkdir(folder);
  const [http = 0, https = 0, statusPort = 0] = await findFreePorts(3);
  await writeCertificate(folder);
  await writeFile(`${folder}/10k`, tenKilobytes);
  const user = userInfo();
  const config = nginxConfig({
    folder,
    ports: { http, https, status: statusPort },
    user: user.uid === 0 ? user.username : undefined,
    connections: 16_000,
  });
  await writeFile(`${folder}/nginx.conf`, config);
  const raise = 'ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -H -n)"; exec "$@"';
  const nginx = [program, '-e', `${folder}/error.log`, '-p', folder, '-c', `${folder}/nginx.conf`];
  const child = workspace.spawn(['sh', '-c', raise, 'sh', ...prefix, ...nginx], { stdio: 'ignore' });

  const status = async (): Promise<NginxStatus | undefined> => {
    try {
      const response = await fetch(`http://127.0.0.1:${statusPort}/status`);
      return parseNginxStatus(await response.text());
    } catch {
      return undefined;
    }
  };
  for (let attempt = 0; (await status()) === undefined; attempt++) {
    if (child.exitCode !== null || attempt === 50) {
      const log = await readFile(`${folder}/error.log`, 'utf8').catch(() => '');
      throw new Error(`nginx does not start: ${log.trim() || `exit code ${child.exitCode}`}`);
    }
    await sleep(100);
  }
  return {
    http: `http://127.0.0.1:${http}`,
    https: `https://127.0.0.1:${https}`,
    status,
    async counting(work) {
      const before = await status();
      const result = await work();
      const after = await status();
      // The second look counts itself.
      const requests =
        before === undefined || after === undefined ? undefined : after.requests - before.requests - 1;
      return { result, requests };
    },
    close: () => workspace.end(child),
  };
};

import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Requests of a run, as its summary counts them. */
export interface LoadCounts {
  readonly scheduled: number;
  readonly started: number;
  readonly completed: number;
  readonly failed: number;
  readonly dropped: number;
  readonly missed: number;
}

export interface Load {
  readonly ended: Promise<LoadCounts>;
  kill(): void;
}

const command = new URL('../../../bin/stormdrain.mjs', import.meta.url).pathname;

/**
 * 500 requests a second from stormdrain itself, in a process of its own; it is ended when it takes a minute too long. Each
 * on a connection of its own: on a kept one HAProxy doesn't answer a request that it lost but closes, so that the client
 * sends it again, and nothing would be seen to fail.
 */
export const startLoad = async (folder: string, port: number, seconds: number): Promise<Load> => {
  const plan = join(folder, 'plan.yml');
  await writeFile(
    plan,
    `version: 1
name: follow tasks
target: http://127.0.0.1:${port}
load: [{ for: ${seconds}s, rate: 500 }]
connections: { keepAlive: false }
scenarios: [{ name: visit, steps: [{ get: /, expect: { status: 200 } }] }]
`,
  );
  const child = spawn(process.execPath, [command, 'run', plan, '--json'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: (seconds + 60) * 1000,
    killSignal: 'SIGKILL',
  });
  let out = '';
  let said = '';
  child.stdout.on('data', (chunk) => {
    out += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    said += String(chunk);
  });
  const ended = new Promise<LoadCounts>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      try {
        resolve((JSON.parse(out) as { readonly requests: LoadCounts }).requests);
      } catch {
        reject(new Error(`the run gave no summary: ${out.slice(0, 500)} ${said.slice(-500)}`));
      }
    });
  });
  ended.catch(() => {});
  return { ended, kill: () => child.kill('SIGKILL') };
};

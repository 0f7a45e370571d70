import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pythonEnvironment } from './python-environment.ts';

export interface MotoServer {
  /** Without a trailing slash. */
  readonly url: string;
  /** Forgets every resource. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

const startSeconds = 60;

/** The `bin` folder of the Python that has moto. */
export const motoEnvironment = (): Promise<string> => pythonEnvironment('moto', 'test/wire/requirements.txt');

/** Starts a moto server (AWS over HTTP) on a free port of 127.0.0.1; resolves when it answers. */
export const startMoto = async (): Promise<MotoServer> => {
  const python = join(await motoEnvironment(), 'python');
  // The pipe on its standard input closes when this process ends, however it does: then moto ends too.
  const child = spawn(python, ['test/wire/moto_server.py'], { stdio: ['pipe', 'pipe', 'pipe'] });
  try {
    const url = await announcedUrl(child);
    await answer(`${url}/moto-api/`);
    return {
      url,
      reset: async () => {
        await answer(`${url}/moto-api/reset`, 'POST');
      },
      close: () => end(child),
    };
  } catch (error) {
    await end(child);
    throw error;
  }
};

const announcedUrl = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = '';
    const fail = (why: string) => reject(new Error(`moto ${why}. It said:\n${said}`));
    const timer = setTimeout(() => fail(`did not start within ${startSeconds} s`), startSeconds * 1000);
    child.once('error', reject);
    child.once('exit', (code) => fail(`ended at its start, exit code ${code}`));
    child.stderr?.on('data', (chunk: Buffer) => {
      // Read to the end, so that the pipe never fills up.
      if (said.length < 10_000) said += chunk.toString();
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(chunk.toString())?.[0];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
  });

const answer = async (url: string, method = 'GET'): Promise<void> => {
  const response = await fetch(url, { method, signal: AbortSignal.timeout(startSeconds * 1000) });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`moto answered ${response.status} to ${method} ${url}`);
};

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
};

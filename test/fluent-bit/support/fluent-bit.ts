import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** The program to try: a build of Fluent Bit, such as `/fluent-bit/bin/fluent-bit` of its image. */
export const fluentBitProgram: string | undefined = process.env.STORMDRAIN_FLUENT_BIT;

export interface FluentBit {
  /** What it has written to its log. */
  readonly said: string;
  /** Until its log has the text. */
  says(text: string, seconds?: number): Promise<void>;
  /** The exit code; -1 if it had to be killed. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<number>;
}

/** Ends, at the latest, with this process. */
export const startFluentBit = async (configuration: string): Promise<FluentBit> => {
  const child: ChildProcess = spawn(fluentBitProgram ?? 'fluent-bit', ['-c', configuration], {
    env: { PATH: process.env.PATH, AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const program: FluentBit = {
    get said() {
      return said;
    },
    says: (text, seconds = 30) =>
      until(
        () => said.includes(text),
        seconds,
        () => `${text}\nIt said:\n${said}`,
      ),
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      const [code] = await ended;
      process.removeListener('exit', kill);
      return code ?? -1;
    },
  };
  await program.says('https://fluentbit.io');
  return program;
};

export const until = async (
  holds: () => boolean,
  seconds = 30,
  what: () => string = () => 'what was waited for',
): Promise<void> => {
  const end = Date.now() + seconds * 1000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`Not within ${seconds} s: ${what()}`);
    await sleep(50);
  }
};

export const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

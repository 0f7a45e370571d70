import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Workspace } from './workspace.ts';

export interface CountedCommand {
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Ended when it takes longer. */
  readonly limitSeconds: number;
}

export interface CountedProcess {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** User and system time of the process and all it started and waited for, from its first instruction to its end. */
  readonly cpuSeconds: number;
  readonly tookTooLong: boolean;
}

/**
 * `times` of a shell counts its ended children, theirs included. Some tools want more file handles than a shell
 * usually allows. The third file is for the times alone: tools write to both outputs.
 */
const script = `ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -H -n)"
"$@" 3>&-
code=$?
times >&3
exit $code`;

export const runCounted = async (
  workspace: Workspace,
  { command, environment = {}, cwd, limitSeconds }: CountedCommand,
): Promise<CountedProcess> => {
  const child = workspace.spawn(['sh', '-c', script, 'sh', ...command], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: toolEnvironment(environment),
    ...(cwd === undefined ? {} : { cwd }),
  });
  let tookTooLong = false;
  const limit = setTimeout(() => {
    tookTooLong = true;
    void workspace.end(child);
  }, limitSeconds * 1000);
  const [, out, err, times] = child.stdio as readonly (Readable | null)[];
  const [exitCode, stdout, stderr, timesText] = await Promise.all([
    new Promise<number | null>((resolve, reject) => {
      child.once('exit', resolve);
      child.once('error', reject);
    }),
    readAll(out),
    readAll(err),
    readAll(times),
  ]);
  clearTimeout(limit);
  return { exitCode, stdout, stderr, cpuSeconds: parseTimes(timesText) ?? Number.NaN, tookTooLong };
};

/** Tools written for Node run on the Node of the bench. */
export const toolEnvironment = (extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
  ...extra,
});

const readAll = async (stream: Readable | null | undefined): Promise<string> =>
  stream === null || stream === undefined ? '' : text(stream);

/** The output of a shell's `times`: its own user and system time, and below that of its children, in seconds. */
export const parseTimes = (output: string): number | undefined => {
  const children = output.trim().split('\n')[1];
  const parts = [...(children ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  if (parts.length !== 2) return undefined;
  return parts.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
};

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Words that go before a command, to keep targets and generators off each other's CPU. */
export interface CpuPlacement {
  readonly target: readonly string[];
  readonly generator: readonly string[];
  readonly described: string;
}

export const free: CpuPlacement = {
  target: [],
  generator: [],
  described: 'Targets and generators share the CPUs.',
};

/** One CPU for targets, one for generators, where `taskset` exists and there are two. */
export const findPlacement = (): CpuPlacement => {
  const status = '/proc/self/status';
  if (!existsSync(status) || spawnSync('taskset', ['--version']).status !== 0) return free;
  const [first, second] = parseCpuList(
    /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync(status, 'utf8'))?.[1] ?? '',
  );
  if (first === undefined || second === undefined) return free;
  return {
    target: ['taskset', '-c', String(first)],
    generator: ['taskset', '-c', String(second)],
    described: `Targets run on CPU ${first}, generators on CPU ${second} (taskset).`,
  };
};

/** `0-2,5` is 0, 1, 2, 5. */
export const parseCpuList = (list: string): readonly number[] =>
  list
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [from = Number.NaN, to = from] = part.split('-').map(Number);
      return Array.from({ length: to - from + 1 }, (_, index) => from + index);
    });

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ResultTable } from '../result-table.ts';

interface LargeTick {
  readonly calls: Readonly<Record<string, number>>;
  readonly leastCalls: Readonly<Record<string, number>>;
  readonly millis: number;
  readonly setServices: number;
}

/** The same that test/scaling/tick/large-cluster.test.ts asserts on. */
const script = new URL('../../test/scaling/support/large-tick.ts', import.meta.url).pathname;
const names = ['first, 50 of them out', '50 of them out', 'first, nothing wanted', 'nothing wanted'] as const;

const sum = (calls: LargeTick['calls']): number => Object.values(calls).reduce((all, one) => all + one, 0);

/** A tick over 1,000 services and 500 instances: its calls, and its time behind AWS's buckets. In a process of its own. */
export const largeTickTable = async (): Promise<ResultTable> => {
  const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 120_000 });
  const { ticks, memoryMb } = JSON.parse(stdout) as {
    readonly ticks: readonly LargeTick[];
    readonly memoryMb: number;
  };
  const ratio = Math.max(...ticks.map(({ calls, leastCalls }) => sum(calls) / sum(leastCalls)));
  return {
    title: 'Scaling: a tick over 1,000 services and 500 instances',
    about:
      "Calls, the least that AWS's batch sizes allow, and seconds (simulated, behind the part of AWS's buckets that ticks have). The first tick of a cluster lists its services.",
    columns: ['tick', 'calls', 'least', 'seconds', 'calls by bucket'],
    rows: ticks.map(({ calls, leastCalls, millis }, index) => [
      names[index] ?? '',
      String(sum(calls)),
      String(sum(leastCalls)),
      (millis / 1000).toFixed(1),
      Object.entries(calls)
        .map(([bucket, count]) => `${bucket} ${count}`)
        .join(', '),
    ]),
    aims: [
      {
        text: 'at most 1.1 times the least calls',
        measured: `${ratio.toFixed(2)} times`,
        met: ratio <= 1.1,
      },
      {
        text: 'less than 256 MB, all of the process',
        measured: `${memoryMb.toFixed(0)} MB`,
        met: memoryMb < 256,
      },
    ],
    notes: [],
  };
};

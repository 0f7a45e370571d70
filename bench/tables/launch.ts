import { fewestLaunchSeconds, simulateLaunch } from '../../test/platform/aws/support/simulate-launch.ts';
import { formatNumber } from '../format-number.ts';
import type { Aim, ResultTable } from '../result-table.ts';

const workers = 1000;
const shares = [0, 0.5, 1];
const mostRatio = 1.1;

/** How long a large launch takes under the buckets of ECS and Fargate, in simulated time. */
export const launchTable = async (): Promise<ResultTable> => {
  const rows: (readonly string[])[] = [];
  const aims: Aim[] = [];
  for (const share of shares) {
    const { seconds, filled, calls, throttledCalls } = await simulateLaunch(workers, share);
    const fewest = fewestLaunchSeconds(workers, share);
    const ratio = seconds / fewest;
    rows.push([
      `spot share ${share}`,
      String(filled),
      formatNumber(seconds),
      formatNumber(fewest),
      ratio.toFixed(3),
      String(calls.RunTask),
      String(throttledCalls),
    ]);
    aims.push({
      text: `spot share ${share}: within 10 % of what the buckets force`,
      measured: `${((ratio - 1) * 100).toFixed(1)} % above`,
      met: filled === workers && ratio <= mostRatio,
    });
  }
  return {
    title: 'Launch',
    about: `${workers} workers on a simulated ECS with AWS's documented buckets; each call takes 0.3 s. Simulated time, so the machine doesn't matter.`,
    columns: ['', 'workers', 'seconds', 'fewest possible', 'ratio', 'RunTask calls', 'throttled'],
    rows,
    aims,
    notes: ['The fewest possible: each bucket is full, and nothing else in the account takes from it.'],
  };
};

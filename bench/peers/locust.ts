import * as z from 'zod';
import { parseJson } from '../parse-json.ts';
import { scriptPath } from './k6.ts';
import type { LatencyFigures, ToolReport, ToolRun } from './tool-run.ts';

export interface LocustLoad {
  readonly program: string;
  /** In bench/scripts. */
  readonly script: 'scenario_locust.py' | 'rate_locust.py';
  readonly target: string;
  readonly users: number;
  readonly seconds: number;
}

export const locustRun = ({ program, script, target, users, seconds }: LocustLoad): ToolRun => ({
  command: [
    program,
    ...['-f', scriptPath(script), '-H', target, '--headless', '--json', '--only-summary'],
    ...['-u', String(users), '-r', String(users), '-t', `${seconds}s`, '--stop-timeout', '5'],
  ],
  environment: { PYTHONDONTWRITEBYTECODE: '1' },
  reportFile: undefined,
  parse: parseLocustReport,
});

const report = z.array(
  z.object({
    num_requests: z.number(),
    num_failures: z.number(),
    /** Rounded milliseconds to counts. */
    response_times: z.record(z.string(), z.number()),
  }),
);

/** Of `--json`: an entry for each name. Percentiles are of all its requests, as its own totals are. */
export const parseLocustReport = (text: string): ToolReport | undefined => {
  const entries = parseJson(text, report);
  if (entries === undefined || entries.length === 0) return undefined;
  return {
    requests: entries.reduce((sum, entry) => sum + entry.num_requests, 0),
    errors: entries.reduce((sum, entry) => sum + entry.num_failures, 0),
    latencyMillis: percentiles(entries.map((entry) => entry.response_times)),
  };
};

const percentiles = (histograms: readonly Readonly<Record<string, number>>[]): LatencyFigures => {
  const counts = new Map<number, number>();
  for (const [millis, count] of histograms.flatMap((histogram) => Object.entries(histogram))) {
    counts.set(Number(millis), (counts.get(Number(millis)) ?? 0) + count);
  }
  const ascending = [...counts].sort(([a], [b]) => a - b);
  const total = ascending.reduce((sum, [, count]) => sum + count, 0);
  const at = (percentile: number): number | undefined => {
    let left = Math.ceil((percentile / 100) * total);
    return ascending.find(([, count]) => {
      left -= count;
      return left <= 0;
    })?.[0];
  };
  return { p50: at(50), p95: at(95), p99: at(99), p999: at(99.9) };
};

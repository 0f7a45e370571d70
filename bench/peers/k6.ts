import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { parseJson } from '../parse-json.ts';
import type { ToolReport, ToolRun } from './tool-run.ts';

export interface K6Load {
  readonly program: string;
  /** In bench/scripts. */
  readonly script: 'plain.k6.js' | 'scenario.k6.js' | 'rate.k6.js';
  readonly target: string;
  readonly seconds: number;
}

export const k6Run = ({ program, script, target, seconds }: K6Load): ToolRun => ({
  command: [program, 'run', '--quiet', '--no-usage-report', scriptPath(script)],
  environment: { TARGET: target, SECONDS: String(seconds) },
  reportFile: undefined,
  parse: parseK6Report,
});

export const scriptPath = (name: string): string =>
  fileURLToPath(new URL(`../scripts/${name}`, import.meta.url));

const rate = z.object({ values: z.object({ passes: z.number(), fails: z.number() }) });
const report = z.object({
  metrics: z.object({
    http_reqs: z.object({ values: z.object({ count: z.number() }) }),
    http_req_duration: z.object({ values: z.record(z.string(), z.number()) }),
    /** Its passes are requests that failed. */
    http_req_failed: rate,
    checks: rate.optional(),
  }),
});

/** Of `handleSummary`'s data. */
export const parseK6Report = (text: string): ToolReport | undefined => {
  const metrics = parseJson(text, report)?.metrics;
  if (metrics === undefined) return undefined;
  const duration = metrics.http_req_duration.values;
  return {
    requests: metrics.http_reqs.values.count,
    errors: metrics.http_req_failed.values.passes + (metrics.checks?.values.fails ?? 0),
    latencyMillis: {
      p50: duration['p(50)'],
      p95: duration['p(95)'],
      p99: duration['p(99)'],
      p999: duration['p(99.9)'],
    },
  };
};

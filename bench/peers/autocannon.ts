import * as z from 'zod';
import { parseJson } from '../parse-json.ts';
import type { ToolReport, ToolRun } from './tool-run.ts';
import type { PlainLoad } from './wrk.ts';

/** With a rate it corrects its latencies for requests that it sent late. */
export const autocannonRun = (load: PlainLoad & { readonly perSecond?: number }): ToolRun => ({
  command: [
    load.program,
    '-c',
    String(load.connections),
    '-d',
    String(load.seconds),
    ...(load.perSecond === undefined ? [] : ['-R', String(load.perSecond)]),
    '--json',
    load.url,
  ],
  // It has no option for it.
  environment: { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
  reportFile: undefined,
  parse: parseAutocannonReport,
});

const report = z.object({
  errors: z.number(),
  timeouts: z.number(),
  non2xx: z.number(),
  requests: z.object({ total: z.number() }),
  latency: z.object({ p50: z.number(), p99: z.number(), p99_9: z.number() }),
});

export const parseAutocannonReport = (text: string): ToolReport | undefined => {
  const parsed = parseJson(text, report);
  if (parsed === undefined) return undefined;
  const { errors, timeouts, non2xx, requests, latency } = parsed;
  return {
    requests: requests.total,
    errors: errors + timeouts + non2xx,
    latencyMillis: { p50: latency.p50, p99: latency.p99, p999: latency.p99_9 },
  };
};

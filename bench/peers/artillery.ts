import * as z from 'zod';
import { parseJson } from '../parse-json.ts';
import { scriptPath } from './k6.ts';
import type { ToolReport, ToolRun } from './tool-run.ts';

export interface ArtilleryLoad {
  readonly program: string;
  /** In bench/scripts. */
  readonly script: 'scenario.artillery.yml' | 'rate.artillery.yml';
  readonly target: string;
  readonly seconds: number;
  readonly reportFile: string;
}

export const artilleryRun = ({ program, script, target, seconds, reportFile }: ArtilleryLoad): ToolRun => ({
  command: [program, 'run', '--quiet', '--target', target, '--output', reportFile, scriptPath(script)],
  environment: { SECONDS: String(seconds) },
  reportFile,
  parse: parseArtilleryReport,
});

const report = z.object({
  aggregate: z.object({
    counters: z.record(z.string(), z.number()),
    summaries: z.record(
      z.string(),
      z.object({ p50: z.number(), p95: z.number(), p99: z.number(), p999: z.number() }).optional(),
    ),
  }),
});

export const parseArtilleryReport = (text: string): ToolReport | undefined => {
  const aggregate = parseJson(text, report)?.aggregate;
  if (aggregate === undefined) return undefined;
  const { counters, summaries } = aggregate;
  const failed = Object.entries(counters).filter(
    ([name]) => name.startsWith('errors.') || name.endsWith('expect.failed'),
  );
  return {
    requests: counters['http.responses'] ?? 0,
    errors: failed.reduce((sum, [, count]) => sum + count, 0),
    latencyMillis: summaries['http.response_time'] ?? {},
  };
};

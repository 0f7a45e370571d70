import type { ToolReport, ToolRun } from './tool-run.ts';

export interface PlainLoad {
  readonly program: string;
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
}

export const wrkRun = ({ program, url, connections, seconds }: PlainLoad): ToolRun => ({
  command: [program, '-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '--latency', url],
  environment: {},
  reportFile: undefined,
  parse: parseWrkReport,
});

export const parseWrkReport = (text: string): ToolReport | undefined => {
  const requests = /(\d+) requests in/.exec(text)?.[1];
  if (requests === undefined) return undefined;
  const statuses = Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0);
  const sockets = /Socket errors: (.*)/.exec(text)?.[1] ?? '';
  const socketErrors = [...sockets.matchAll(/\d+/g)].reduce((sum, [count]) => sum + Number(count), 0);
  return {
    requests: Number(requests),
    errors: statuses + socketErrors,
    latencyMillis: { p50: percentile(text, '50'), p99: percentile(text, '99') },
  };
};

const millisIn: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

const percentile = (text: string, name: string): number | undefined => {
  const found = new RegExp(`^\\s*${name}%\\s+([\\d.]+)(us|ms|s|m)\\s*$`, 'm').exec(text);
  return found === null ? undefined : Number(found[1]) * (millisIn[found[2] ?? ''] ?? Number.NaN);
};

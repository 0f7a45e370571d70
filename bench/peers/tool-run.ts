import { readFile } from 'node:fs/promises';
import { type CountedProcess, runCounted } from '../counted-process.ts';
import type { Workspace } from '../workspace.ts';
import { quiet } from './peer.ts';

/** How to run a tool once, and how to read what it says afterwards. */
export interface ToolRun {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Where it writes its report, if not to stdout. */
  readonly reportFile: string | undefined;
  /** Undefined when the report is not as expected. */
  parse(report: string): ToolReport | undefined;
}

export interface ToolReport {
  readonly requests: number;
  readonly errors: number;
  readonly latencyMillis: LatencyFigures;
}

/** What a tool says of its latencies, as far as it does. */
export interface LatencyFigures {
  readonly p50?: number | undefined;
  readonly p95?: number | undefined;
  readonly p99?: number | undefined;
  readonly p999?: number | undefined;
}

/** Tools may take this long to start and to report, beside their load. */
const overheadSeconds = 60;

/** Throws when it fails: with the end of what it said. */
export const runTool = async (
  workspace: Workspace,
  run: ToolRun,
  prefix: readonly string[],
  loadSeconds: number,
): Promise<ToolReport & { readonly cpuSeconds: number }> => {
  const ended = await runCounted(workspace, {
    command: [...prefix, ...run.command],
    environment: { ...quiet, ...run.environment },
    limitSeconds: loadSeconds + overheadSeconds,
  });
  const report = run.reportFile === undefined ? ended.stdout : await readReport(run.reportFile);
  const parsed = run.parse(report);
  if (parsed === undefined || ended.tookTooLong) throw new Error(describeFailure(ended));
  return { ...parsed, cpuSeconds: ended.cpuSeconds };
};

const readReport = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');

const describeFailure = ({ exitCode, stdout, stderr, tookTooLong }: CountedProcess): string => {
  if (tookTooLong) return 'did not end in time';
  const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-5).join(' / ');
  return `failed with exit code ${exitCode}: ${said.slice(-400)}`;
};

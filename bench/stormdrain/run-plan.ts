import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { RunSummary } from '../../src/run/summary.ts';
import { runCounted } from '../counted-process.ts';
import { parseJson } from '../parse-json.ts';
import type { Workspace } from '../workspace.ts';
import type { PackedStormdrain } from './pack-stormdrain.ts';

export interface PlanRun {
  readonly summary: RunSummary;
  /** Of everything: command line, orchestrator, workers. From first instruction to end. */
  readonly cpuSeconds: number;
  /** Of the worker processes alone, by the kernel, with their start. */
  readonly workerCpuSeconds: number;
  readonly workerPeakMemoryBytes: number;
}

export interface PlanRunOptions {
  readonly workspace: Workspace;
  readonly stormdrain: PackedStormdrain;
  /** Words before the command: which CPU it runs on. */
  readonly prefix: readonly string[];
  readonly loadSeconds: number;
}

let runs = 0;

/** A plan as its user runs it: `stormdrain run plan.json --json`. Throws when no summary comes of it. */
export const runPlan = async (plan: unknown, options: PlanRunOptions): Promise<PlanRun> => {
  const { workspace, stormdrain, prefix, loadSeconds } = options;
  const folder = workspace.path(`run-${++runs}`);
  const exits = join(folder, 'exits');
  await mkdir(exits, { recursive: true });
  await writeFile(join(folder, 'plan.json'), JSON.stringify(plan));
  const ended = await runCounted(workspace, {
    command: [...prefix, process.execPath, stormdrain.program, 'run', 'plan.json', '--json'],
    environment: {
      STORMDRAIN_HOME: join(folder, 'home'),
      STORMDRAIN_BENCH_EXITS: exits,
      NODE_OPTIONS: `--import ${new URL('report-exit.mjs', import.meta.url)}`,
    },
    cwd: folder,
    limitSeconds: loadSeconds + 90,
  });
  const summary = parseSummary(ended.stdout);
  if (summary === undefined) {
    throw new Error(`failed with exit code ${ended.exitCode}: ${ended.stderr.trim().slice(-400)}`);
  }
  return { summary, cpuSeconds: ended.cpuSeconds, ...(await readExits(exits)) };
};

const summaryMark = z.looseObject({ version: z.literal(1), runId: z.string(), requests: z.looseObject({}) });

/** The document is this very source's: only that it is one is looked at. */
export const parseSummary = (text: string): RunSummary | undefined =>
  parseJson(text, summaryMark) as RunSummary | undefined;

const exitReport = z.object({
  isWorker: z.boolean(),
  cpuMicros: z.number(),
  peakMemoryBytes: z.number(),
});

const readExits = async (
  folder: string,
): Promise<Pick<PlanRun, 'workerCpuSeconds' | 'workerPeakMemoryBytes'>> => {
  const texts = await Promise.all(
    (await readdir(folder)).map((file) => readFile(join(folder, file), 'utf8')),
  );
  const workers = texts
    .map((text) => parseJson(text, exitReport))
    .filter((report) => report?.isWorker === true);
  if (workers.length === 0) return { workerCpuSeconds: Number.NaN, workerPeakMemoryBytes: Number.NaN };
  return {
    workerCpuSeconds: workers.reduce((sum, report) => sum + (report?.cpuMicros ?? 0), 0) / 1e6,
    workerPeakMemoryBytes: workers.reduce((sum, report) => sum + (report?.peakMemoryBytes ?? 0), 0),
  };
};

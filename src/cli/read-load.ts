import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { formatProblems } from '../document/document-problem.ts';
import { BadInputError } from '../errors.ts';
import type { RunApi } from '../platform/ports/run-api.ts';
import type { LoadTrace } from '../scaling/simulate/load-trace.ts';
import { parseShape } from '../scaling/simulate/parse-shape.ts';
import { parseTrace } from '../scaling/simulate/parse-trace.ts';
import { type ScheduledRow, timelineTrace } from '../scaling/simulate/timeline-trace.ts';
import type { CliContext } from './cli-context.ts';
import { describeReadError } from './describe-read-error.ts';
import { resolveRunReference } from './run-reference.ts';

const runPrefix = 'run:';

const requireRows = (rows: readonly ScheduledRow[], name: string): LoadTrace => {
  const trace = timelineTrace(rows, name);
  if (trace === undefined) throw new BadInputError(`--trace: ${name} has no seconds with load`);
  return trace;
};

const readRun = async (api: RunApi, reference: string): Promise<LoadTrace> => {
  const runId = await resolveRunReference(api, reference);
  const rows: ScheduledRow[] = [];
  for (let second = 0; ; ) {
    const page = await api.timeline(runId, second);
    rows.push(...page.rows);
    if (page.complete || page.nextSecond <= second) return requireRows(rows, `run ${runId}`);
    second = page.nextSecond;
  }
};

const isScheduledRow = (row: unknown): row is ScheduledRow => {
  const { second, time, scheduled, step } = (row ?? {}) as Partial<Record<keyof ScheduledRow, unknown>>;
  const isWhole = Number.isInteger(second) && Number(second) >= 0 && Number(second) <= 604_800;
  const isCounted = scheduled === null || (typeof scheduled === 'number' && scheduled >= 0);
  return isWhole && isCounted && typeof time === 'string' && (step === null || typeof step === 'string');
};

const parseRow = (line: string, place: string): ScheduledRow => {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    row = undefined;
  }
  if (isScheduledRow(row)) return row;
  throw new BadInputError(
    `${place}: expected a row of a run's timeline, with second, time, step and scheduled`,
  );
};

/** The timeline of a run, as its object in the store has it, or CSV. */
const readFileTrace = async ({ cwd }: CliContext, file: string): Promise<LoadTrace> => {
  const body = await readFile(resolve(cwd, file)).catch((error: unknown) => {
    throw new BadInputError(`--trace ${file} can't be read: ${describeReadError(error)}`, { cause: error });
  });
  const isPacked = body[0] === 0x1f && body[1] === 0x8b;
  let text: string;
  try {
    text = (isPacked ? gunzipSync(body) : body).toString('utf8');
  } catch (error) {
    throw new BadInputError(`--trace ${file}: it looks packed, and can't be unpacked`, { cause: error });
  }
  if (text.trimStart().startsWith('{')) {
    const lines = text.split('\n').map((line, index) => [line, `${file}:${index + 1}`] as const);
    const rows = lines.filter(([line]) => line.trim() !== '').map(([line, place]) => parseRow(line, place));
    return requireRows(rows, file);
  }
  const parsed = parseTrace(text, { file });
  if (parsed.kind === 'trace') return parsed.trace;
  throw new BadInputError(`--trace ${file} is no load:\n${formatProblems(parsed.problems)}`);
};

/** The load that the flags name: `--trace FILE`, `--trace run:ID`, or `--shape NAME[:parameters]`. Throws `BadInput`. */
export const readLoad = async (
  context: CliContext,
  { trace, shape }: { readonly trace?: string; readonly shape?: string },
): Promise<LoadTrace> => {
  if ((trace === undefined) === (shape === undefined))
    throw new BadInputError(
      'scaling simulate: give the load as --trace FILE, --trace run:last or --shape spike: one of them',
    );
  if (shape !== undefined) {
    const parsed = parseShape(shape);
    if (parsed.kind === 'shape') return parsed.trace;
    throw new BadInputError(`--shape: ${parsed.reason}`);
  }
  const given = trace ?? '';
  if (!given.startsWith(runPrefix)) return readFileTrace(context, given);
  return readRun((await context.openApp()).api, given.slice(runPrefix.length));
};

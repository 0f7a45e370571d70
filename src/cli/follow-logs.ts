import type { LogQuestion, LogsApi } from '../platform/ports/logs-api.ts';
import type { CliContext } from './cli-context.ts';
import { type LogLine, lineDocument, linesOf } from './log-line.ts';
import { readQuery } from './logs-place.ts';
import { terminalText } from './render/terminal-text.ts';

export interface LogPace {
  readonly pollMillis: number;
  /** How late a line may come in. */
  readonly lateMillis: number;
}

/** Lines are in the folder two seconds after they were written. */
export const localLogPace: LogPace = { pollMillis: 2000, lateMillis: 120_000 };
/** Lines come when a buffer is full or old; each look is a query that is paid for. */
export const stackLogPace: LogPace = { pollMillis: 15_000, lateMillis: 900_000 };

/** What may come in between two looks. */
const mostAtOnce = 10_000;
const passing: ReadonlySet<string> = new Set([
  'ServiceUnavailable',
  'StoreUnavailable',
  'SqlUnavailable',
  'CatalogUnavailable',
]);

export interface Following {
  readonly context: Pick<CliContext, 'sleep' | 'stderr'>;
  readonly logs: LogsApi;
  readonly question: LogQuestion;
  readonly print: (lines: readonly LogLine[]) => void;
  readonly signal: AbortSignal;
  readonly pace: LogPace;
  readonly nowMillis?: () => number;
}

/**
 * Prints lines as they come in until `signal` is aborted. Each look asks again for the time in which lines may still have been
 * late, and prints what no look before has had: of lines that are the same in everything, as many as there are. Where a look
 * had no room for all, it says so.
 */
export const followLogs = async (following: Following): Promise<void> => {
  const { context, logs, question, print, signal, pace, nowMillis = Date.now } = following;
  let printed = new Map<string, number>();
  let { sinceMillis: firstMillis } = question;
  let sinceMillis = firstMillis;
  let { limit } = question;
  let isFirst = true;
  while (!signal.aborted) {
    const untilMillis = Math.max(nowMillis(), sinceMillis + 1);
    const asked = { ...question, sinceMillis, untilMillis, limit };
    try {
      const lines = await readLines(logs, asked, signal);
      if (lines === undefined) return;
      const added = newLines(lines, printed);
      print(added);
      const isFull = lines.length >= limit;
      // Older lines than the newest ones were not asked for, and must not come after them.
      if (isFirst && isFull) firstMillis = Math.max(firstMillis, timeOf(lines[0]) + 1);
      else if (isFull && added[0] === lines[0])
        context.stderr.write(`More than ${limit} lines came at once: the oldest of them are not shown.\n`);
      isFirst = false;
      printed = countOf(lines);
      limit = Math.max(limit, mostAtOnce);
      sinceMillis = Math.max(firstMillis, untilMillis - pace.lateMillis);
    } catch (error) {
      if (!(error instanceof Error) || !passing.has(error.name)) throw error;
      context.stderr.write(`${terminalText(error.message)}; trying again.\n`);
    }
    await context.sleep(pace.pollMillis, signal);
  }
};

const readLines = async (
  logs: LogsApi,
  question: LogQuestion,
  signal: AbortSignal,
): Promise<readonly LogLine[] | undefined> => {
  const lines: LogLine[] = [];
  for await (const page of readQuery(logs, await logs.ask(question), signal))
    lines.push(...linesOf(page, false).lines);
  return signal.aborted ? undefined : lines;
};

/** 0 where there is none. */
const timeOf = (line: LogLine | undefined): number => Date.parse(String(line?.time)) || 0;

const keyOf = (line: LogLine): string => JSON.stringify(lineDocument(line));

const countOf = (lines: readonly LogLine[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(keyOf(line), (counts.get(keyOf(line)) ?? 0) + 1);
  return counts;
};

/** Those that were not printed yet. */
const newLines = (lines: readonly LogLine[], printed: ReadonlyMap<string, number>): readonly LogLine[] => {
  const seen = new Map<string, number>();
  return lines.filter((line) => {
    const key = keyOf(line);
    const nth = (seen.get(key) ?? 0) + 1;
    seen.set(key, nth);
    return nth > (printed.get(key) ?? 0);
  });
};

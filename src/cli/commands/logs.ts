import { Command } from 'commander';
import { counted } from '../../document/format-quantity.ts';
import { BadInputError } from '../../errors.ts';
import type { LogQuestion } from '../../platform/ports/logs-api.ts';
import { type CliContext, wantsColour } from '../cli-context.ts';
import { describeScan } from '../describe-scan.ts';
import type { Ending } from '../exit-code.ts';
import { followLogs, localLogPace, stackLogPace } from '../follow-logs.ts';
import { type Moment, momentMillis, parseLogName, parseMoment, parseScan } from '../log-arguments.ts';
import { type LogLine, lineDocument, linesOf } from '../log-line.ts';
import { askUntilInterrupted, type LogsPlace, openLogs, type QueryPage, readQuery } from '../logs-place.ts';
import { parseLimit } from '../parse-arguments.ts';
import { renderLogLine } from '../render/render-log-line.ts';
import { jsonText } from '../render/terminal-text.ts';
import { resolveRunReference } from '../run-reference.ts';
import { type StackFlags, stackArguments, withStack } from '../stack-reference.ts';

interface LogsFlags extends StackFlags {
  readonly since?: Moment;
  readonly until?: Moment;
  readonly grep?: string;
  readonly regex?: string;
  readonly task?: string;
  readonly run?: string;
  readonly follow: boolean;
  readonly malformed: boolean;
  readonly limit: number;
  readonly maxScan?: number;
  readonly json: boolean;
}

const usual = { sinceMillis: 7_200_000, limit: 1000 };

const questionOf = async (
  { runs, stack }: LogsPlace,
  name: string,
  flags: LogsFlags,
): Promise<LogQuestion> => {
  const { grep, regex, task, run, malformed, limit, maxScan } = flags;
  const nowMillis = Date.now();
  const untilMillis = flags.until === undefined ? nowMillis : momentMillis(flags.until, nowMillis);
  const runId = run === undefined ? undefined : await resolveRunReference(runs, run, stack);
  // All of a run is meant, unless a part of it is asked for.
  const usualSince = runId === undefined ? Math.max(0, untilMillis - usual.sinceMillis) : 0;
  const sinceMillis = flags.since === undefined ? usualSince : momentMillis(flags.since, nowMillis);
  if (sinceMillis >= untilMillis)
    throw new BadInputError('logs: --since must be earlier than --until, which is now unless it is given');
  return {
    ...parseLogName(name),
    sinceMillis,
    untilMillis,
    limit,
    ...(grep === undefined ? {} : { text: grep }),
    ...(regex === undefined ? {} : { regex }),
    ...(task === undefined ? {} : { task }),
    ...(runId === undefined ? {} : { run: runId }),
    ...(malformed ? { malformed } : {}),
    ...(maxScan === undefined ? {} : { maxScanBytes: maxScan }),
  };
};

const linePrinter = ({ stdout, env }: CliContext, { json }: LogsFlags, hasContainer: boolean) => {
  const layout = { colour: wantsColour(stdout, env), hasContainer, isForTerminal: stdout.isTTY === true };
  return (lines: readonly LogLine[]): void => {
    const texts = lines.map((line) => (json ? jsonText(lineDocument(line)) : renderLogLine(line, layout)));
    if (texts.length > 0) stdout.write(`${texts.join('\n')}\n`);
  };
};

const logs = async (context: CliContext, name: string, flags: LogsFlags): Promise<Ending> => {
  if (flags.follow && (flags.until !== undefined || flags.run !== undefined || flags.malformed))
    throw new BadInputError(
      'logs: --follow shows what comes in; it goes with none of --until, --run and --malformed',
    );
  const { container } = parseLogName(name);
  const place = await openLogs(context, flags);
  const question = await questionOf(place, name, flags);
  const print = linePrinter(context, flags, container === undefined);
  return askUntilInterrupted(context, async (signal) => {
    if (flags.follow) {
      const pace = place.stack === undefined ? localLogPace : stackLogPace;
      await followLogs({ context, logs: place.logs, question, print, signal, pace });
      return { kind: 'interrupted' };
    }
    const answered = await answer(place, question, print, signal);
    if (answered === undefined) return { kind: 'interrupted' };
    context.stderr.write(`${closing(context, place, question, answered)}\n`);
    return { kind: 'done' };
  });
};

interface Answered {
  readonly lines: number;
  readonly malformed: number;
  readonly last: QueryPage;
}

/** Prints each page as it comes. Undefined when the user left before the first. */
const answer = async (
  { logs: api }: LogsPlace,
  question: LogQuestion,
  print: (lines: readonly LogLine[]) => void,
  signal: AbortSignal,
): Promise<Answered | undefined> => {
  let answered: Answered | undefined;
  for await (const page of readQuery(api, await api.ask(question), signal)) {
    const { lines, malformed } = linesOf(page, question.malformed === true);
    print(lines);
    answered = {
      lines: (answered?.lines ?? 0) + lines.length,
      malformed: (answered?.malformed ?? 0) + malformed,
      last: page,
    };
  }
  return signal.aborted ? undefined : answered;
};

const foundText = (lines: number, areMalformed: boolean): string =>
  areMalformed ? `${counted(lines, 'line')} of no record` : counted(lines, 'line');

/** What was found, what it took, and what else to ask. */
const closing = (
  { invocation }: CliContext,
  { stack }: LogsPlace,
  { family, container, run, limit, malformed: wanted }: LogQuestion,
  { lines, malformed, last }: Answered,
): string => {
  const typed = `${invocation} logs ${family}${container === undefined ? '' : `/${container}`}`;
  const more = lines < limit ? '' : ' The newest of them; --limit shows more.';
  const found = `${foundText(lines, wanted === true)}; ${describeScan(last)}.${more}`;
  const none =
    lines === 0 && wanted !== true
      ? `\nNothing in that time${run === undefined ? ': --since 24h looks further back' : `, which is the run's: ${run}`}.`
      : '';
  if (malformed === 0) return `${found}${none}`;
  const atLeast = malformed >= limit ? 'at least ' : '';
  return `${found}${none}\nOf these days, ${atLeast}${counted(malformed, 'line')} ${malformed === 1 ? 'is no record' : 'are no records'}: ${typed} --malformed${stackArguments(stack)}`;
};

/** `logs FAMILY[/CONTAINER]`: lines of containers, oldest first as a log is read. */
export const logsCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  withStack(
    new Command('logs')
      .description('Show what containers logged, or follow it.')
      .argument('<name>', 'a family of task definitions, or FAMILY/CONTAINER')
      .option('--since <moment>', 'how long ago, or an instant; 2h unless given', parseMoment)
      .option('--until <moment>', 'likewise; now unless given', parseMoment)
      .option('--grep <text>', 'lines that contain the text')
      .option('--regex <pattern>', 'lines that the pattern matches')
      .option('--task <id>', "of one task: its ARN, its id, or the id's beginning")
      .option('--run <run>', 'of the time of a run: its id, its beginning, or "last"')
      .option('--follow', 'go on with what comes in', false)
      .option('--malformed', 'lines that are no records, instead of those that are', false)
      .option('--limit <count>', 'the newest ones, so many at most', parseLimit, usual.limit)
      .option('--max-scan <size>', 'end the query when it has scanned more: 10GB', parseScan)
      .option('--json', 'print each line as a JSON document', false),
    'logs',
  ).action(async (name: string, flags: LogsFlags) => end(await logs(context, name, flags)));

import type { AskedTable } from '../../../src/logs/asking/compile-question.ts';
import { logsDayPrefix } from '../../../src/logs/layout/container-name.ts';
import { dayOf, dayStartMillis, parseDayText } from '../../../src/logs/layout/utc-day.ts';
import type { LogQuestion } from '../../../src/platform/ports/logs-api.ts';
import type { AskingFolder } from './asking-folder.ts';

export const sampleTables: readonly AskedTable[] = [
  { table: 'shop_app', family: 'shop', container: 'app' },
  { table: 'shop_web', family: 'shop', container: 'web' },
  { table: 'my_awesome_app_app', family: 'my-awesome-app', container: 'app' },
];

export const sampleTasks = ['0b1c2d3e4f5061728394a5b6c7d8e9f0', '0b1cffffffffffffffffffffffffffff'];

/** A line as it is stored, and the day of the folder that it is in. */
export interface StoredLine {
  readonly family: string;
  readonly container: string;
  readonly folder: string;
  readonly line: string;
}

const texts = [
  'GET /products/7 200 12ms',
  "ERROR it's broken; select 1 -- no",
  'WARN "quoted" 100% \\ done?',
  'ERROR GET /products/9 503 日本語 ünïcode',
  '{"level":"error","message":"JSON in a line"}',
  '',
  'x'.repeat(2000),
];

const days = ['2026-10-31', '2026-11-19', '2026-11-20', '2026-11-21', '2026-11-22'];

/** Lines of five days in objects by day, the last of each day going on after midnight; a line in thirty is no record. */
export const sampleLines = (): readonly StoredLine[] =>
  sampleTables.flatMap(({ family, container }, table) =>
    days.flatMap((folder, nthDay) =>
      Array.from({ length: 60 }, (_, n): StoredLine => {
        const start = dayStartMillis(parseDayText(folder) ?? dayOf(0));
        // The last five are of the next day.
        const atMillis = n < 55 ? start + n * 1_500_000 + table * 977 : start + 86_400_000 + n * 60_000;
        const number = n + nthDay * 7 + table;
        const line = number % 31 === 0 ? brokenLine(number, atMillis) : recordLine(number, atMillis);
        return { family, container, folder, line };
      }),
    ),
  );

const recordLine = (number: number, atMillis: number): string =>
  JSON.stringify({
    time: new Date(atMillis).toISOString().replace('Z', `${String((number * 37) % 1000).padStart(3, '0')}Z`),
    log: texts[number % texts.length],
    source: number % 3 === 0 ? 'stderr' : 'stdout',
    container_id: `c${number % 4}`,
    container_name: 'app',
    ecs_cluster: 'shop',
    ecs_task_arn: `arn:aws:ecs:eu-central-1:123456789012:task/shop/${sampleTasks[number % 2]}`,
    ecs_task_definition: 'shop:7',
    ...(number % 5 === 0 ? { partial_message: 'true' } : {}),
  });

const brokenLine = (number: number, atMillis: number): string =>
  [
    'ERROR this is no JSON',
    recordLine(1, atMillis).slice(0, 60),
    '{"log":"ERROR without a time"}',
    '["not","an","object"]',
  ][number % 4] ?? '';

/** All objects, or first those without the late ones, which only the last table has. */
export const putSample = async (
  folder: AskingFolder,
  part: 'all' | 'first' | 'late' = 'all',
): Promise<void> => {
  const lines = sampleLines();
  for (const { family, container } of sampleTables)
    for (const day of days) {
      const its = lines.filter(
        (line) => line.family === family && line.container === container && line.folder === day,
      );
      const prefix = logsDayPrefix({ family, container }, parseDayText(day) ?? dayOf(0));
      const isLate = family === 'my-awesome-app';
      if (part !== 'late')
        await folder.put(
          `${prefix}000000-a.gz`,
          its.slice(0, 20).map(({ line }) => line),
        );
      if (part === 'all' || isLate === (part === 'late'))
        await folder.put(
          `${prefix}100000-b.gz`,
          its.slice(20).map(({ line }) => line),
        );
    }
};

export interface ScannedLine {
  readonly container: string;
  readonly family: string;
  readonly folder: string;
  /** Undefined for a line that is no record. */
  readonly micros: number | undefined;
  readonly log: string;
  readonly task: string | null;
  readonly source: string | null;
  readonly hasFields: boolean;
}

const plainFields = 9;

/** Each line read by code alone. */
export const scanned = ({ family, container, folder, line }: StoredLine): ScannedLine => {
  const record = recordOf(line);
  const time = typeof record.time === 'string' ? record.time : undefined;
  const malformed = { family, container, folder, micros: undefined };
  const log = typeof record.log === 'string' ? record.log : line;
  if (time === undefined) return { ...malformed, log, task: null, source: null, hasFields: false };
  return {
    family,
    container,
    folder,
    micros: Date.parse(time) * 1000 + Number(time.slice(23, 26)),
    log,
    task: String(record.ecs_task_arn),
    source: String(record.source),
    hasFields: Object.keys(record).length > plainFields - 1,
  };
};

const recordOf = (line: string): Readonly<Record<string, unknown>> => {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : {};
  } catch {
    return {};
  }
};

const dayMillis = 86_400_000;

/** What a question asks for, by looking at each line; newest last, before them how many lines are no records. */
export const plainAnswer = (
  question: LogQuestion,
): { readonly malformed: number; readonly lines: readonly ScannedLine[] } => {
  const { family, container, sinceMillis, untilMillis, text, regex, task, limit } = question;
  const firstDay = Math.floor(sinceMillis / dayMillis) - 1;
  const lastDay = Math.floor((untilMillis - 1) / dayMillis) + 1;
  const read = sampleLines()
    .map(scanned)
    .filter((line) => line.family === family && (container ?? line.container) === line.container)
    .filter(({ folder }) => {
      const day = Date.parse(folder) / dayMillis;
      return day >= firstDay && day <= lastDay;
    });
  const matches = ({ log }: ScannedLine): boolean =>
    (text === undefined || log.includes(text)) &&
    (regex === undefined ||
      new RegExp(regex.replace('(?i)', ''), regex.includes('(?i)') ? 'i' : '').test(log));
  const malformed = read.filter(({ micros }) => micros === undefined);
  if (question.malformed === true) {
    const found = malformed
      .filter(matches)
      .sort(
        (a, b) => compare(a.folder, b.folder) || compare(a.log, b.log) || compare(a.container, b.container),
      );
    return { malformed: 0, lines: found.slice(-limit) };
  }
  const found = read
    .filter(({ micros = -1 }) => micros >= sinceMillis * 1000 && micros < untilMillis * 1000)
    .filter((line) => task === undefined || (line.task ?? '').includes(`/${task}`))
    .filter(matches)
    .sort((a, b) => (a.micros ?? 0) - (b.micros ?? 0));
  return { malformed: Math.min(limit, malformed.length), lines: found.slice(-limit) };
};

/** As the engines order text: by its UTF-8. */
const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

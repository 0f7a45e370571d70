import { QueryInvalidError } from '../../errors.ts';
import type { LogQuestion } from '../../platform/ports/logs-api.ts';
import type { SqlValue } from '../../platform/ports/sql-engine.ts';
import { quoteIdentifier, sqlLiteral } from '../../platform/ports/sql-quoting.ts';
import type { ContainerName } from '../layout/container-name.ts';
import { checkRegex } from './check-regex.ts';
import { dayPredicate } from './day-predicate.ts';
import { taskPattern } from './task-pattern.ts';

/** A view of logs, and whose they are. */
export interface AskedTable extends ContainerName {
  readonly table: string;
}

export interface CompiledQuestion {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

export const mostLines = 100_000;
/** Athena takes 1,024 characters for a value, its quotes and doubled quotes included. */
const longestText = 500;

/** Columns of the answer to a question about logs, in their order. */
export const lineColumns = [
  'time',
  'micros',
  'container',
  'source',
  'log',
  'container_id',
  'ecs_task_arn',
  'ecs_task_definition',
  'ec2_instance_id',
  'fields',
  'malformed',
] as const;

/**
 * The SQL of a question: oldest line first, and of those that fit the newest `limit`. Before them comes a row with nothing
 * but `malformed` for each line of the days read that is no record, up to `limit`, so that they are counted by the same
 * scan. A question for `malformed` ones has those lines instead. What was asked for is in parameters; the text has names and
 * days. Throws `QueryInvalid`.
 */
export const compileQuestion = (question: LogQuestion, tables: readonly AskedTable[]): CompiledQuestion => {
  checkBounds(question);
  const { sinceMillis, untilMillis } = question;
  const days = dayPredicate(sinceMillis, untilMillis);
  const sources = tables.map((table) => sourceSql(table, days)).join('\n  UNION ALL\n');
  const filters = filtersOf(question);
  const conditions = filters.map(({ sql }) => sql).join(' AND ');
  const parameters = filters.map(({ value }) => value);
  return question.malformed === true
    ? { sql: malformedSql(sources, conditions, question.limit), parameters }
    : { sql: linesSql(sources, conditions, question.limit), parameters };
};

interface Filter {
  readonly sql: string;
  readonly value: SqlValue;
}

const filtersOf = ({
  sinceMillis,
  untilMillis,
  text,
  regex,
  task,
  malformed,
}: LogQuestion): readonly Filter[] => {
  if (regex !== undefined) checkRegex(regex);
  const pattern = task === undefined ? undefined : taskPattern(task);
  // A line that is no record has neither a time nor a task.
  const ofRecords: readonly Filter[] =
    malformed === true
      ? []
      : [
          { sql: 'time >= CAST(? AS timestamp(3))', value: timestampText(sinceMillis) },
          { sql: 'time < CAST(? AS timestamp(3))', value: timestampText(untilMillis) },
          ...(pattern === undefined ? [] : [{ sql: 'regexp_like(ecs_task_arn, ?)', value: pattern }]),
        ];
  return [
    ...ofRecords,
    ...(text === undefined ? [] : [{ sql: 'strpos(log, ?) > 0', value: text }]),
    ...(regex === undefined ? [] : [{ sql: 'regexp_like(log, ?)', value: regex }]),
  ];
};

const sourceSql = ({ table, container }: AskedTable, days: string): string =>
  `  SELECT ${viewColumns(container).join(', ')}\n  FROM ${quoteIdentifier(table)}\n  WHERE ${days}`;

const viewColumns = (container: string): readonly string[] =>
  [...lineColumns, 'year', 'month', 'day'].map((column) =>
    column === 'container' ? `${sqlLiteral(container)} AS container` : column,
  );

/** One number to order by: both engines then keep the newest ones alone, and need not sort all that there are. */
const instantSql =
  "coalesce(date_diff('millisecond', TIMESTAMP '1970-01-01 00:00:00', time) * 1000 + micros, 0)";

const linesSql = (sources: string, conditions: string, limit: number): string =>
  `SELECT ${lineColumns.join(', ')}
FROM (
  SELECT ${lineColumns.map(markerColumn).join(', ')}, instant,
    row_number() OVER (PARTITION BY malformed ORDER BY instant DESC) AS place
  FROM (
    SELECT *, ${instantSql} AS instant
    FROM (
${sources}
    ) AS sources
    WHERE malformed OR (${conditions})
  ) AS found
) AS placed
WHERE place <= ${limit}
ORDER BY malformed DESC, instant`;

const markerColumn = (column: string): string => {
  if (column === 'malformed') return column;
  return column === 'log' || column === 'container'
    ? `CASE WHEN malformed THEN NULL ELSE ${column} END AS ${column}`
    : column;
};

const malformedSql = (sources: string, conditions: string, limit: number): string =>
  `SELECT ${lineColumns.join(', ')}
FROM (
  SELECT *
  FROM (
${sources}
  ) AS sources
  WHERE malformed${conditions === '' ? '' : ` AND ${conditions}`}
  ORDER BY year DESC, month DESC, day DESC, log DESC, container DESC
  LIMIT ${limit}
) AS found
ORDER BY year, month, day, log, container`;

/** `2026-11-21 22:33:44.123`: a timestamp without a zone, in UTC. */
const timestampText = (millis: number): string =>
  new Date(millis).toISOString().replace('T', ' ').replace('Z', '');

/** Dates that ISO 8601 writes with four digits of the year. */
const earliestMillis = 0;
const latestMillis = Date.UTC(9999, 0, 1);

const checkBounds = ({ sinceMillis, untilMillis, text, limit }: LogQuestion): void => {
  for (const millis of [sinceMillis, untilMillis])
    if (!Number.isInteger(millis) || millis < earliestMillis || millis > latestMillis)
      throw new QueryInvalidError(`${millis} is not an instant in milliseconds since 1970`);
  if (untilMillis <= sinceMillis)
    throw new QueryInvalidError('the time asked for ends before it begins: since must be earlier than until');
  if (!Number.isInteger(limit) || limit < 1 || limit > mostLines)
    throw new QueryInvalidError(`limit ${limit} is not a whole number from 1 to ${mostLines}`);
  if (text !== undefined && (text === '' || text.length > longestText || /\p{Cs}|\0/u.test(text)))
    throw new QueryInvalidError(`the text to look for must have 1 to ${longestText} characters, and no NUL`);
};

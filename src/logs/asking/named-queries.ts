import { quoteIdentifier, sqlLiteral } from '../../platform/ports/sql-quoting.ts';
import type { AskedTable } from './compile-question.ts';

export interface NamedQuery {
  readonly name: string;
  readonly description: string;
  readonly sql: string;
  /** What each `?` is, in their order. */
  readonly parameters: readonly string[];
}

/** Of the sample: whoever opens a query in Athena puts tables of their own there. */
export const exampleTables: readonly AskedTable[] = [{ table: 'shop_app', family: 'shop', container: 'app' }];

/** Common questions, about the logs of these tables. Each reads one day, which is given by parameters. */
export const namedQueries = (tables: readonly AskedTable[] = exampleTables): readonly NamedQuery[] => {
  const lines = linesOf(tables);
  const day = ['the year', 'the month, from 1', 'the day, from 1'];
  return [
    {
      name: 'errors-by-container',
      description: 'Lines of a day that speak of errors, by container',
      sql: `SELECT family, container, count(*) AS errors, min(time) AS first_at, max(time) AS last_at
FROM (
${lines}
) AS lines
WHERE ${ofDay('lines')} AND regexp_like(log, 'ERROR|FATAL|Exception')
GROUP BY family, container
ORDER BY errors DESC, family, container`,
      parameters: day,
    },
    {
      name: 'slowest-seconds-of-a-run',
      description: 'The five slowest seconds of a run, and what containers logged in each',
      sql: `SELECT slowest.time AS second_at, slowest.step, slowest.response_p99_millis, slowest.failed, lines.container, lines.time, lines.log
FROM (
  SELECT time, step, response_p99_millis, failed
  FROM run_timeline
  WHERE run_id = ? AND year = ? AND response_p99_millis IS NOT NULL
  ORDER BY response_p99_millis DESC, time, step
  LIMIT 5
) AS slowest
JOIN (
${lines}
) AS lines ON lines.time >= slowest.time AND lines.time < date_add('second', 1, slowest.time)
WHERE ${ofDay('lines')}
ORDER BY slowest.response_p99_millis DESC, slowest.time, slowest.step, lines.time, lines.micros`,
      parameters: ['the id of the run', 'the year of its start', ...day],
    },
    {
      name: 'log-volume-by-family',
      description: 'Lines and characters of a day, and what could not be read as a record, by family',
      sql: `SELECT family, count(*) AS lines, sum(length(log)) AS characters, sum(CASE WHEN malformed THEN 1 ELSE 0 END) AS malformed
FROM (
${lines}
) AS lines
WHERE ${ofDay('lines')}
GROUP BY family
ORDER BY characters DESC, family`,
      parameters: day,
    },
  ];
};

const linesOf = (tables: readonly AskedTable[]): string =>
  tables
    .map(
      ({ table, family, container }) =>
        `  SELECT ${sqlLiteral(family)} AS family, ${sqlLiteral(container)} AS container, time, micros, log, malformed, year, month, day
  FROM ${quoteIdentifier(table)}`,
    )
    .join('\n  UNION ALL\n');

const ofDay = (name: string): string => `${name}.year = ? AND ${name}.month = ? AND ${name}.day = ?`;

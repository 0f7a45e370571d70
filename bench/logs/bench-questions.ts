import { compileQuestion } from '../../src/logs/asking/compile-question.ts';
import type { ContainerName } from '../../src/logs/layout/container-name.ts';
import { addDays, dayStartMillis, dayText, type UtcDay } from '../../src/logs/layout/utc-day.ts';
import type { SqlValue } from '../../src/platform/ports/sql-engine.ts';
import type { Asked } from './logs-world.ts';
import type { LogsShape, WrittenLogs } from './write-logs.ts';

/** A question with the answer that a count while writing says is right. */
export interface BenchQuestion {
  readonly name: string;
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
  /** Of the objects that may be read: those of its days and containers. Undefined: all of them. */
  readonly bytes: number;
  readonly expected: number;
  answerOf(asked: Asked): number;
}

const tableOf = ({ family, container }: ContainerName): string =>
  `${family}_${container}`.replaceAll('-', '_').toLowerCase();

const hour = 14;

/** Of the middle day: a grep for an hour of one container, its (time, log) alone, errors by container; and everything. */
export const benchQuestions = (shape: LogsShape, written: WrittenLogs): readonly BenchQuestion[] => {
  const { containers, firstDay, days } = shape;
  const middle = addDays(firstDay, Math.floor(days / 2));
  const one = containers[containers.length >> 1];
  if (one === undefined) throw new Error('there are no containers');
  const of = (name: ContainerName, day: UtcDay) =>
    written.days.get(`${name.family}/${name.container} ${dayText(day)}`);
  const bytesOf = (names: readonly ContainerName[], wanted: readonly UtcDay[]): number =>
    names.flatMap((name) => wanted.map((day) => of(name, day)?.bytes ?? 0)).reduce((a, b) => a + b, 0);
  const sinceMillis = dayStartMillis(middle) + hour * 3_600_000;
  const table = tableOf(one);
  const beside = [addDays(middle, -1), middle, addDays(middle, 1)];
  const all = [...written.days.values()];
  const dayOnly = `"year" = ${middle.year} AND "month" = ${middle.month} AND "day" = ${middle.day}`;
  const grep = compileQuestion(
    { ...one, sinceMillis, untilMillis: sinceMillis + 3_600_000, text: 'timeout', limit: 100_000 },
    [{ ...one, table }],
  );
  const since = new Date(sinceMillis).toISOString().slice(0, 19).replace('T', ' ');
  const until = new Date(sinceMillis + 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
  return [
    {
      name: 'grep an hour of one container',
      ...grep,
      bytes: bytesOf([one], beside),
      expected: of(one, middle)?.timeoutsByHour[hour] ?? 0,
      answerOf: ({ rows }) => rows.length,
    },
    {
      name: 'time and log of that hour',
      sql: `SELECT count(log) FROM "${table}" WHERE ${dayOnly} AND time >= TIMESTAMP '${since}' AND time < TIMESTAMP '${until}' AND length(log) > 0`,
      parameters: [],
      bytes: bytesOf([one], [middle]),
      expected: Number.NaN,
      answerOf: firstCell,
    },
    {
      name: 'errors by container for a day',
      sql: `SELECT name, count(*) FROM (${containers.map((name) => `SELECT '${name.family}/${name.container}' AS name, log FROM "${tableOf(name)}" WHERE ${dayOnly}`).join(' UNION ALL ')}) WHERE log LIKE 'ERROR%' GROUP BY name ORDER BY 2 DESC`,
      parameters: [],
      bytes: bytesOf(containers, [middle]),
      expected: containers.map((name) => of(name, middle)?.errors ?? 0).reduce((a, b) => a + b, 0),
      answerOf: ({ rows }) => rows.reduce((sum, row) => sum + Number(row[1]), 0),
    },
    {
      name: 'all logs of all containers',
      sql: `SELECT sum(errors) FROM (${containers.map((name) => `SELECT count(*) AS errors FROM "${tableOf(name)}" WHERE log LIKE 'ERROR%'`).join(' UNION ALL ')})`,
      parameters: [],
      bytes: written.bytes,
      expected: all.reduce((sum, { errors }) => sum + errors, 0),
      answerOf: firstCell,
    },
  ];
};

const firstCell = ({ rows }: Asked): number => Number(rows[0]?.[0]);

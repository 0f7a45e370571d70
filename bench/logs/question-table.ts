import { athenaUsdPerTerabyte, queryUsd } from '../../src/logs/asking/query-price.ts';
import { formatCount } from '../format-number.ts';
import { median } from '../median.ts';
import type { ResultTable } from '../result-table.ts';
import type { BenchQuestion } from './bench-questions.ts';
import type { Asked, LogsWorld } from './logs-world.ts';
import type { WrittenLogs } from './write-logs.ts';

interface Measured {
  readonly question: BenchQuestion;
  readonly lines: readonly Asked[];
  readonly parquet: readonly Asked[];
}

/** Each question of both worlds in turn, `rounds` times. Throws when an answer isn't what was counted while writing. */
export const measureQuestions = async (
  questions: readonly BenchQuestion[],
  worlds: { readonly lines: LogsWorld; readonly parquet: LogsWorld },
  rounds: number,
): Promise<readonly Measured[]> => {
  const measured: Measured[] = [];
  for (const question of questions) {
    const [lines, parquet]: [Asked[], Asked[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      lines.push(await askChecked(worlds.lines, question));
      parquet.push(await askChecked(worlds.parquet, question));
    }
    const [first] = lines;
    if (first !== undefined && lines[0]?.rows.length !== parquet[0]?.rows.length)
      throw new Error(`"${question.name}" has other rows after compaction`);
    measured.push({ question, lines, parquet });
  }
  return measured;
};

const askChecked = async (world: LogsWorld, question: BenchQuestion): Promise<Asked> => {
  const asked = await world.ask(question.sql, question.parameters);
  const answer = question.answerOf(asked);
  if (!Number.isNaN(question.expected) && answer !== question.expected)
    throw new Error(`"${question.name}" was answered by ${answer}; ${question.expected} were written`);
  return asked;
};

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(2);
const dollars = (bytes: number): string => `$${queryUsd(bytes, athenaUsdPerTerabyte).toFixed(6)}`;
const bytesOf = (asked: readonly Asked[]): number => median(asked.map(({ scannedBytes }) => scannedBytes));
const cpuOf = (asked: readonly Asked[]): string =>
  median(asked.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2);
const wallOf = (asked: readonly Asked[]): string =>
  median(asked.map(({ wallSeconds }) => wallSeconds)).toFixed(2);

export const questionTable = (
  measured: readonly Measured[],
  written: WrittenLogs,
  rounds: number,
): ResultTable => ({
  title: 'Questions to gzip JSON and to compacted Parquet',
  about: `${formatCount(written.lines)} lines of 50 containers and 7 days; medians of ${rounds} rounds, both in turn. Dollars are Athena's for these bytes: $5 a TB, 10 MB at least.`,
  columns: ['question', 'of', 'MB read', 'CPU s', 's', "Athena's price"],
  rows: measured.flatMap(({ question, lines, parquet }) => [
    [
      question.name,
      'gzip JSON',
      megabytes(bytesOf(lines)),
      cpuOf(lines),
      wallOf(lines),
      dollars(bytesOf(lines)),
    ],
    ['', 'Parquet', megabytes(bytesOf(parquet)), cpuOf(parquet), wallOf(parquet), dollars(bytesOf(parquet))],
  ]),
  aims: measured.map(({ question, lines }) => ({
    text: `${question.name}: exactly the bytes of its days and containers are read of gzip JSON`,
    measured: `${formatCount(bytesOf(lines))} of ${formatCount(question.bytes)} that they have`,
    met: bytesOf(lines) === question.bytes,
  })),
  notes: ['Every answer was compared with what was counted while the logs were written.'],
});

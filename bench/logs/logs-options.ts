import { parseArgs } from 'node:util';

export interface LogsBenchOptions {
  readonly lines: number;
  readonly rounds: number;
  readonly keep: boolean;
  readonly json: string | undefined;
  readonly help: boolean;
}

const defaultLines = 10_000_000;

export const logsUsage = `npm run bench:logs -- [--lines ${defaultLines}] [--rounds 3] [--keep] [--json FILE]

Writes that many lines of 50 containers and 7 days (45 bytes of disk a line, in a temporary folder), asks them, compacts
them, asks again, and removes everything. Ten million lines take some ten minutes; --lines 500000 less than one.`;

const wholeNumber = (flag: string, text: string, least: number, most: number): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most)
    throw new Error(`--${flag} is a whole number from ${least} to ${most}, not ${text}.\n\n${logsUsage}`);
  return value;
};

/** Throws an `Error` that says what was expected. */
export const parseLogsOptions = (args: readonly string[]): LogsBenchOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      lines: { type: 'string', default: String(defaultLines) },
      rounds: { type: 'string', default: '3' },
      keep: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return {
    lines: wholeNumber('lines', values.lines, 10_000, 100_000_000),
    rounds: wholeNumber('rounds', values.rounds, 1, 20),
    keep: values.keep,
    json: values.json,
    help: values.help,
  };
};

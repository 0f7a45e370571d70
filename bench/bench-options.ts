import { parseArgs } from 'node:util';

export const tableKeys = [
  'plain',
  'tls',
  'body',
  'scenario',
  'record',
  'freeze',
  'lag',
  'threads',
  'users',
  'launch',
  'scale',
] as const;
export type TableKey = (typeof tableKeys)[number];

/** What `npm run bench -- truth` means. */
const groups: Readonly<Record<string, readonly TableKey[]>> = {
  speed: ['plain', 'tls', 'body'],
  truth: ['record', 'freeze', 'lag'],
};

export interface BenchOptions {
  readonly only: readonly TableKey[];
  readonly rounds: number;
  /** Of load in one round of one tool. */
  readonly seconds: number;
  readonly json: string | undefined;
  /** Leave the folder of the bench, with the logs in it. */
  readonly keep: boolean;
  readonly help: boolean;
}

export const usage = `npm run bench -- [TABLE ...] [--rounds 5] [--seconds 5] [--only a,b] [--json FILE] [--keep]

Tables: ${tableKeys.join(', ')}; also ${Object.entries(groups)
  .map(([name, keys]) => `${name} = ${keys.join(', ')}`)
  .join('; ')}. All of them when none is named.`;

/** Throws an `Error` that says what was expected. */
export const parseBenchOptions = (args: readonly string[]): BenchOptions => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '5' },
      only: { type: 'string', default: '' },
      json: { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const named = [...positionals, ...values.only.split(',')].map((name) => name.trim()).filter(Boolean);
  const wanted = new Set(named.flatMap(keysNamed));
  return {
    only: wanted.size === 0 ? tableKeys : tableKeys.filter((key) => wanted.has(key)),
    rounds: parseWhole('--rounds', values.rounds, 1, 100),
    seconds: parseWhole('--seconds', values.seconds, 2, 600),
    json: values.json,
    keep: values.keep,
    help: values.help,
  };
};

const keysNamed = (name: string): readonly TableKey[] => {
  const keys = tableKeys.filter((key) => key === name || groups[name]?.includes(key));
  if (keys.length === 0) throw new Error(`there is no table ${name}.\n\n${usage}`);
  return keys;
};

const parseWhole = (option: string, text: string, min: number, max: number): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new Error(`${option} is a whole number from ${min} to ${max}, not ${text}`);
  }
  return value;
};

import { parseArgs } from 'node:util';
import { type DrainStorm, drainStorms } from './storms.ts';

export interface DrainBenchOptions {
  readonly storms: readonly DrainStorm[];
  readonly seeds: number;
  readonly json: string | undefined;
  readonly help: boolean;
}

export const drainUsage = `npm run bench:drain -- [STORM ...] [--seeds 5] [--json FILE]

Storms: ${drainStorms.map(({ name }) => `"${name}"`).join(', ')}. All of them when none is named.`;

/** Throws an `Error` that says what was expected. */
export const parseDrainOptions = (args: readonly string[]): DrainBenchOptions => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seeds: { type: 'string', default: '5' },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  for (const name of positionals)
    if (!drainStorms.some((storm) => storm.name === name))
      throw new Error(`there is no storm "${name}".\n\n${drainUsage}`);
  const seeds = Number(values.seeds);
  if (!Number.isInteger(seeds) || seeds < 1 || seeds > 100)
    throw new Error(`--seeds is a whole number from 1 to 100, not ${values.seeds}`);
  const storms = drainStorms.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  return { storms, seeds, json: values.json, help: values.help };
};

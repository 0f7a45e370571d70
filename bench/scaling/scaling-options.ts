import { parseArgs } from 'node:util';
import { type BenchTrace, benchSeeds, benchTraces } from './bench-traces.ts';
import { heldOutSeeds, heldOutTraces } from './held-out-traces.ts';

export interface ScalingBenchOptions {
  readonly traces: readonly BenchTrace[];
  readonly seeds: readonly number[];
  readonly json: string | undefined;
  readonly help: boolean;
}

const named = (traces: readonly BenchTrace[]): string => traces.map(({ name }) => `"${name}"`).join(', ');

export const scalingUsage = `npm run bench:scaling -- [TRACE ...] [--held-out] [--seeds ${benchSeeds.length}] [--json FILE]

Traces: ${named(benchTraces)}; with --held-out: ${named(heldOutTraces)}. All of them when none is named.`;

/** Throws an `Error` that says what was expected. */
export const parseScalingOptions = (args: readonly string[]): ScalingBenchOptions => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      'held-out': { type: 'boolean', default: false },
      seeds: { type: 'string', default: String(benchSeeds.length) },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [traces, [firstSeed = 1]] = values['held-out']
    ? [heldOutTraces, heldOutSeeds]
    : [benchTraces, benchSeeds];
  for (const name of positionals)
    if (!traces.some((trace) => trace.name === name))
      throw new Error(`there is no trace "${name}".\n\n${scalingUsage}`);
  const seeds = Number(values.seeds);
  if (!Number.isInteger(seeds) || seeds < 1 || seeds > 100)
    throw new Error(`--seeds is a whole number from 1 to 100, not ${values.seeds}`);
  return {
    traces: traces.filter(({ name }) => positionals.length === 0 || positionals.includes(name)),
    seeds: Array.from({ length: seeds }, (_, index) => firstSeed + index),
    json: values.json,
    help: values.help,
  };
};

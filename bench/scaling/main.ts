import { writeFile } from 'node:fs/promises';
import { renderTable } from '../result-table.ts';
import { kubernetes } from './baselines/kubernetes.ts';
import { oneAtATime } from './baselines/one-at-a-time.ts';
import { perfectForesight } from './baselines/perfect-foresight.ts';
import { targetTracking } from './baselines/target-tracking.ts';
import type { BenchTrace } from './bench-traces.ts';
import { type BenchScaler, type DefaultPolicy, readDefaultPolicy } from './bench-world.ts';
import { largeTickTable } from './large-tick-table.ts';
import { type PlayedTrace, playTrace } from './play-trace.ts';
import { parseScalingOptions, scalingUsage } from './scaling-options.ts';
import { traceTable, variantTable, verdictTable } from './scaling-tables.ts';
import { fastStormdrain, requestsStormdrain, stormdrainScaler } from './stormdrain-scaler.ts';
import { sweepSpike } from './sweep-spike.ts';

const scalers: readonly BenchScaler[] = [
  stormdrainScaler,
  oneAtATime,
  targetTracking,
  kubernetes,
  perfectForesight,
  fastStormdrain,
  requestsStormdrain,
];

const playAll = (
  defaults: DefaultPolicy,
  traces: readonly BenchTrace[],
  seeds: readonly number[],
): readonly PlayedTrace[] =>
  traces.flatMap((trace) =>
    (trace.storms === undefined ? (['instances', 'fargate'] as const) : (['instances'] as const)).map(
      (variant) => {
        const played = playTrace(defaults, trace, variant, scalers, seeds);
        process.stderr.write(`${played.name}\n`);
        return played;
      },
    ),
  );

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

const main = async (): Promise<void> => {
  const { traces, seeds, json, help } = parseScalingOptions(process.argv.slice(2));
  if (help) {
    process.stdout.write(`${scalingUsage}\n`);
    return;
  }
  const defaults = readDefaultPolicy();
  const played = playAll(defaults, traces, seeds);
  const verdict = verdictTable(played);
  const spike = traces.find(({ name }) => name === 'spike');
  const tables = [
    traceTable(played, seeds),
    verdict,
    variantTable(played),
    ...(spike === undefined ? [] : [sweepSpike(defaults, spike, seeds)]),
    await largeTickTable(),
  ];
  process.stdout.write(`${tables.map(renderTable).join('\n\n')}\n\n`);
  process.stdout.write(`${cpuSeconds().toFixed(0)} s of CPU for all of it.\n`);
  if (tables.some(({ aims }) => aims.some(({ met }) => met === false))) process.exitCode = 1;
  if (json !== undefined)
    await writeFile(json, `${JSON.stringify({ seeds, traces: played }, undefined, 2)}\n`);
};

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

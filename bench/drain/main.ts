import { writeFile } from 'node:fs/promises';
import { renderTable } from '../result-table.ts';
import { drainingOnly } from './baselines/draining-only.ts';
import { perInstance } from './baselines/per-instance.ts';
import { stopFirst } from './baselines/stop-first.ts';
import { drainUsage, parseDrainOptions } from './drain-options.ts';
import type { DrainPolicy } from './drain-policy.ts';
import { runStorm } from './run-storm.ts';
import type { StormResult } from './storm-result.ts';
import { type StormRuns, stormCalls, stormTimes } from './storm-tables.ts';
import { stormdrainPolicy } from './stormdrain-policy.ts';
import type { DrainStorm } from './storms.ts';

const policies: readonly DrainPolicy[] = [stormdrainPolicy, drainingOnly, stopFirst, perInstance];

const runAll = async (storm: DrainStorm, wanted: number): Promise<StormRuns> => {
  const seeds = Math.min(wanted, storm.mostSeeds ?? wanted);
  const runs: { policy: string; results: StormResult[] }[] = [];
  for (const policy of policies) {
    const results: StormResult[] = [];
    for (let seed = 1; seed <= seeds; seed++) results.push(await runStorm(storm, policy, seed));
    runs.push({ policy: policy.name, results });
    process.stderr.write(`${storm.name}: ${policy.name}\n`);
  }
  return { storm, runs };
};

const main = async (): Promise<void> => {
  const options = parseDrainOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(`${drainUsage}\n`);
    return;
  }
  const storms: StormRuns[] = [];
  for (const storm of options.storms) storms.push(await runAll(storm, options.seeds));
  const tables = [stormTimes(storms), stormCalls(storms)];
  process.stdout.write(`${tables.map(renderTable).join('\n\n')}\n`);
  if (tables.some(({ aims }) => aims.some(({ met }) => met === false))) process.exitCode = 1;
  if (options.json !== undefined)
    await writeFile(options.json, `${JSON.stringify({ seeds: options.seeds, storms }, undefined, 2)}\n`);
};

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

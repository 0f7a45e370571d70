import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { BadInputError } from '../../errors.ts';
import { type CliContext, columnsOf, wantsColour } from '../cli-context.ts';
import type { Ending } from '../exit-code.ts';
import { parseCount, parseDeadline } from '../parse-arguments.ts';
import type { SimulationRequest } from '../simulate-policies.ts';
import { parseBoot, parseInterruptions, parsePerTask, parseSeconds } from '../simulation-arguments.ts';

interface ScalingSimulateFlags extends SimulationRequest {
  readonly html?: string;
  readonly json: boolean;
}

const simulate = async (context: CliContext, file: string, flags: ScalingSimulateFlags): Promise<Ending> => {
  const { stdout, stderr, env, cwd } = context;
  const [{ simulatePolicies }, { renderSimulation }, { simulationPage }] = await Promise.all([
    import('../simulate-policies.ts'),
    import('../render/render-simulation.ts'),
    import('../render/simulation-page.ts'),
  ]);
  const made = await simulatePolicies(context, file, flags);
  if ('refusal' in made) {
    stderr.write(`${made.refusal}\n`);
    return { kind: 'refused' };
  }
  if (flags.html !== undefined) {
    const path = flags.html;
    await writeFile(resolve(cwd, path), simulationPage(made)).catch((error: unknown) => {
      throw new BadInputError(`--html ${path} can't be written: ${(error as Error).message}`, {
        cause: error,
      });
    });
    stderr.write(`Written: ${path}\n`);
  }
  if (flags.json) {
    const runs = made.runs.map(({ summary, decisions }) => ({ ...summary, decisions }));
    stdout.write(`${JSON.stringify({ version: 1, ...made, runs }, undefined, 2)}\n`);
  } else {
    const layout = { columns: columnsOf(stdout), colour: wantsColour(stdout, env) };
    stdout.write(`${renderSimulation(made, layout)}\n`);
  }
  return { kind: 'done' };
};

/** `scaling simulate POLICY`: what a policy would do under a load, in virtual time. */
export const scalingSimulateCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  new Command('simulate')
    .description('Try a policy on a simulated cluster under a load. Takes seconds; nothing is touched.')
    .argument('<policy>', 'the scaling policy')
    .option('--trace <file>', 'load as CSV (second,rps or time,rps), or of a run: its timeline, or run:last')
    .option(
      '--shape <shape>',
      'constant, spike, ramp, sawtooth, daily or steps: spike:from=50,to=500,at=10m,for=20m',
    )
    .option('--service <name>', 'only this service of the policy')
    .option('--compare <policy>', 'another policy in the same world')
    .option('--sweep <range>', 'try check intervals: interval=10s..5m')
    .option('--seed <number>', 'another seed is another course of events', parseCount(0, 2 ** 32 - 1), 1)
    .option('--for <duration>', 'how long; as long as the load goes unless given', parseDeadline)
    .option('--boot <duration>', 'until an instance takes tasks: 2m, or "90s to 3m"', parseBoot)
    .option('--image-pull <duration>', 'of an image that an instance has not', parseSeconds)
    .option('--metric-delay <duration>', 'until a reading can be had', parseSeconds)
    .option(
      '--interruptions <rate>',
      'of each instance in an hour: 0.05, or spot=0.05 for one pool; repeatable',
      parseInterruptions,
      {},
    )
    .option('--per-task <rate>', 'requests a second that one task serves', parsePerTask)
    .option('--html <file>', 'write charts and decisions to one HTML file')
    .option('--json', 'print the figures as one JSON document', false)
    .action(async (file: string, flags: ScalingSimulateFlags) => end(await simulate(context, file, flags)));

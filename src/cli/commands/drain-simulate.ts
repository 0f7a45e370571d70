import { Command, Option } from 'commander';
import { BadInputError } from '../../errors.ts';
import { type CliContext, columnsOf, wantsColour } from '../cli-context.ts';
import type { Ending } from '../exit-code.ts';
import { parseCount } from '../parse-arguments.ts';
import { type StormRequest, stormCauses } from '../storm.ts';

type SimulateFlags = Omit<StormRequest, 'startMillis'> & { readonly json: boolean };

/** EC2's notice of a spot instance. */
const spotSeconds = 120;

const requireSense = ({ cause, deadlineSeconds, groups, tasks }: SimulateFlags): void => {
  if (cause.startsWith('spot') && deadlineSeconds !== spotSeconds)
    throw new BadInputError(
      `--deadline-seconds: ${deadlineSeconds} is not what EC2 gives spot instances, which is ${spotSeconds}; with --cause operator or lifecycle it can be chosen`,
    );
  if (groups > tasks)
    throw new BadInputError(
      `--groups: ${groups} groups need as many tasks on each instance, and there are ${tasks}: give --tasks ${groups} or fewer groups`,
    );
};

const simulate = async (context: CliContext, flags: SimulateFlags): Promise<Ending> => {
  requireSense(flags);
  const { stdout, env, invocation } = context;
  const { local } = await context.openApp();
  if (local === undefined) throw new BadInputError('drain simulate: there is no folder for its records');
  const [{ simulateStorm }, { renderDrainStorm }] = await Promise.all([
    import('../simulate-storm.ts'),
    import('../render/render-drain-storm.ts'),
  ]);
  // It is over before now, so that no record is of the future.
  const startMillis = (Math.floor(Date.now() / 1000) - flags.deadlineSeconds - 600) * 1000;
  const { json, ...request } = flags;
  const { result, records } = await simulateStorm({ ...request, startMillis });
  for (const [key, body] of records) await local.store.put(key, body);
  if (json) {
    stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
    return { kind: 'done' };
  }
  const layout = { columns: columnsOf(stdout), colour: wantsColour(stdout, env) };
  const next = records.size === 0 ? '' : `\nEach drain has a record: ${invocation} drains\n`;
  stdout.write(`${renderDrainStorm(result, layout)}\n${next}`);
  return { kind: 'done' };
};

/** `drain simulate`: the drain's own code on a simulated cluster, in virtual time. */
export const drainSimulateCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  new Command('simulate')
    .description('Take instances away from a simulated cluster, and see how their drains go. Takes seconds.')
    .option('--instances <count>', 'instances that leave; as many stay', parseCount(1, 1000), 5)
    .option('--tasks <count>', 'tasks on each instance', parseCount(1, 200), 20)
    .option('--groups <count>', 'target groups that the tasks are behind', parseCount(1, 200), 4)
    .option('--seed <number>', 'another seed is another course of events', parseCount(0, 2 ** 32 - 1), 1)
    .option(
      '--deadline-seconds <count>',
      "from the notice to the instances' end; of lifecycle, the hook's timeout",
      parseCount(10, 7200),
      spotSeconds,
    )
    .addOption(
      new Option('--cause <cause>', `who takes them away: ${stormCauses.join(', ')}; spot unless given`)
        .choices(stormCauses)
        .default('spot'),
    )
    .option('--json', 'print what came of it as one JSON document', false)
    .action(async (flags: SimulateFlags) => end(await simulate(context, flags)));

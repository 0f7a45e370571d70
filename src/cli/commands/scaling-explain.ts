import { Command, Option } from 'commander';
import { formatSeconds } from '../../document/format-quantity.ts';
import { BadInputError } from '../../errors.ts';
import { type CliContext, columnsOf, wantsColour } from '../cli-context.ts';
import type { Ending } from '../exit-code.ts';
import { listDecisions } from '../list-decisions.ts';
import { longestDeadlineSeconds, mostListed, parseDeadline, parseLimit } from '../parse-arguments.ts';
import { renderDecisions } from '../render/render-decisions.ts';
import { nothingIsScaledHere, openScaling } from '../scaling-place.ts';
import { commandLine, type StackFlags, withStack } from '../stack-reference.ts';

interface ScalingExplainFlags extends StackFlags {
  readonly since: number;
  readonly cluster?: string;
  readonly service?: string;
  readonly pool?: string;
  readonly acted: boolean;
  readonly figures: boolean;
  readonly limit: number;
  readonly json: boolean;
}

const usual = { since: 7_200, limit: 200 };

const subjectOf = ({ service, pool }: ScalingExplainFlags): string | undefined => {
  if (service !== undefined && pool !== undefined)
    throw new BadInputError('explain: --service and --pool are of different decisions; give one of them');
  if (service !== undefined) return `service/${service}`;
  return pool === undefined ? undefined : `pool/${pool}`;
};

/** The same question, as it is typed. */
const wordsOf = ({ since, cluster, service, pool, acted, figures, limit }: ScalingExplainFlags): string =>
  [
    'scaling explain',
    ...(since === usual.since ? [] : [`--since ${formatSeconds(since)}`]),
    ...(cluster === undefined ? [] : [`--cluster ${cluster}`]),
    ...(service === undefined ? [] : [`--service ${service}`]),
    ...(pool === undefined ? [] : [`--pool ${pool}`]),
    ...(acted ? ['--acted'] : []),
    ...(figures ? ['--figures'] : []),
    ...(limit === usual.limit ? [] : [`--limit ${limit}`]),
  ].join(' ');

const aDaySeconds = 86_400;

const explain = async (context: CliContext, flags: ScalingExplainFlags): Promise<Ending> => {
  const { stdout, stderr, env, invocation } = context;
  const { since, cluster, acted, figures, limit, json } = flags;
  const subject = subjectOf(flags);
  const { scaling, stack } = await openScaling(context, flags);
  const { rows, isAll } = await listDecisions(scaling, {
    sinceMillis: Date.now() - since * 1000,
    actedOnly: acted,
    limit,
    ...(cluster === undefined ? {} : { cluster }),
    ...(subject === undefined ? {} : { subject }),
  });
  const asking = (changes: Partial<ScalingExplainFlags>): string =>
    commandLine(invocation, wordsOf({ ...flags, ...changes }), stack);
  const oldestFirst = [...rows].reverse();
  if (json) stdout.write(`${JSON.stringify(oldestFirst, undefined, 2)}\n`);
  else if (rows.length === 0) {
    const further = since < aDaySeconds ? aDaySeconds : longestDeadlineSeconds;
    const hint = since < longestDeadlineSeconds ? ` Look further back: ${asking({ since: further })}` : '';
    stdout.write(`Nothing was decided in that time.${hint}\n`);
  } else {
    const layout = { columns: columnsOf(stdout), colour: wantsColour(stdout, env) };
    stdout.write(`${renderDecisions(oldestFirst, figures, layout)}\n`);
  }
  if (!isAll) {
    const more = limit < mostListed ? `: ${asking({ limit: Math.min(mostListed, limit * 5) })}` : '.';
    stderr.write(`There are older ones${more}\n`);
  }
  if (stack === undefined && !json) stderr.write(`${nothingIsScaledHere}\n`);
  return { kind: 'done' };
};

/** `scaling explain`: each decision in a sentence, oldest first as a log is read. */
export const scalingExplainCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  withStack(
    new Command('explain')
      .description('Say what was decided, and why: when something is done, and when the reason changes.')
      .addOption(
        new Option('--since <duration>', 'how far back')
          .argParser(parseDeadline)
          .default(usual.since, formatSeconds(usual.since)),
      )
      .option('--cluster <name>', 'of this cluster only')
      .option('--service <name>', 'of this service only')
      .option('--pool <name>', 'of this pool only')
      .option('--acted', 'only what changed something', false)
      .option('--figures', 'the numbers each rests on', false)
      .option('--limit <count>', 'how many at most', parseLimit, usual.limit)
      .option('--json', 'print them as one JSON array', false),
    'decisions',
  ).action(async (flags: ScalingExplainFlags) => end(await explain(context, flags)));

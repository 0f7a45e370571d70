import { join, relative } from 'node:path';
import { Command } from 'commander';
import { dayOf, daysThrough } from '../../logs/layout/utc-day.ts';
import type { RunSummary } from '../../run/summary.ts';
import type { CliContext } from '../cli-context.ts';
import type { Ending } from '../exit-code.ts';
import { packageRoot } from '../package-root.ts';
import { performRun } from '../perform-run.ts';
import { startShop } from '../shop.ts';

const shortPath = (cwd: string, path: string): string => {
  const short = relative(cwd, path);
  return short.length < path.length ? short : path;
};

type RunTimes = Pick<RunSummary, 'runId' | 'startedAt' | 'durationSeconds'>;

/** An object of logs lies under the day of its first record, which may be that before midnight. */
const besideMillis = 60_000;

/** The run's seconds in which the shop failed, with what it said; typed between double quotes. */
const errorsOfRun = (runId: string, startedMillis: number, durationSeconds: number): string => {
  const days = daysThrough(
    dayOf(startedMillis - besideMillis),
    dayOf(startedMillis + durationSeconds * 1000 + besideMillis),
  ).map(({ year, month, day }) => `l.year = ${year} and l.month = ${month} and l.day = ${day}`);
  return [
    'select t.second, t.completed, l.log from run_timeline t',
    "join shop_app l on l.time >= t.time and l.time < t.time + interval '1' second",
    `where t.year = ${dayOf(startedMillis).year} and t.run_id = '${runId}' and t.step is null`,
    `and ${days.length === 1 ? days[0] : `(${days.join(' or ')})`} and l.log like 'ERROR%'`,
    'order by l.time, l.micros',
  ].join(' ');
};

/** Lines after the demo's summary: commands that work as typed in the same folder. */
export const planDemoSteps = (
  { runId, startedAt, durationSeconds }: RunTimes,
  facts: { readonly invocation: string; readonly plan: string; readonly server: string },
): readonly string[] => {
  const { invocation, plan, server } = facts;
  return [
    `${invocation} show ${runId} --json`,
    `${invocation} runs`,
    `${invocation} plan check ${plan}`,
    '',
    'What the shop said meanwhile, and in which second of the run:',
    `${invocation} logs shop/app --grep ERROR`,
    ...(startedAt === null
      ? []
      : [`${invocation} sql "${errorsOfRun(runId, Date.parse(startedAt), durationSeconds)}"`]),
    '',
    'With the shop in a terminal of its own, and the run in a second one:',
    `node ${server} --port 8080`,
    `${invocation} run ${plan} --workers 3`,
    '',
    'And from a third, while it runs:',
    `${invocation} scale last --workers 4 --rate 2x`,
    `${invocation} stop last`,
  ];
};

const demo = async (context: CliContext): Promise<Ending> => {
  const folder = join(packageRoot(), 'examples', 'shop');
  const plan = shortPath(context.cwd, join(folder, 'plan.yml'));
  const server = shortPath(context.cwd, join(folder, 'server.mjs'));
  const shop = await startShop(context.home);
  try {
    context.stdout.write(
      `The sample shop is open on http://127.0.0.1:${shop.port}. Two workers visit it for about 15 seconds,\nas ${plan} says.\n\n`,
    );
    return await performRun(
      context,
      { file: plan, workers: 2, set: { port: String(shop.port) } },
      {
        json: false,
        quiet: false,
        next: (summary) => planDemoSteps(summary, { invocation: context.invocation, plan, server }),
      },
    );
  } finally {
    await shop.stop();
  }
};

/** `demo`: starts the sample shop, runs its plan against it, and stops it again. */
export const demoCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  new Command('demo')
    .description('Run the sample plan against a sample shop on this machine, for about 15 seconds.')
    .action(async () => end(await demo(context)));

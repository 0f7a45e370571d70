import { Command } from 'commander';
import type { CliContext } from '../cli-context.ts';
import type { Ending } from '../exit-code.ts';
import { parseSetting, parseWorkers } from '../parse-arguments.ts';

interface PlanCheckFlags {
  readonly workers?: number;
  readonly set: Readonly<Record<string, string>>;
}

const planCheck = async (
  context: CliContext,
  file: string,
  { workers, set }: PlanCheckFlags,
): Promise<Ending> => {
  const [{ loadPlan }, { describePlan, formatPlanDescription }] = await Promise.all([
    import('../load-plan.ts'),
    import('../../plan/describe-plan.ts'),
  ]);
  const request = { file, set, ...(workers === undefined ? {} : { workers }) };
  const loaded = await loadPlan(request, context.cwd, { resolveNames: false });
  if (loaded.kind === 'refused') {
    context.stderr.write(`${loaded.report.trimEnd()}\n`);
    return { kind: 'refused' };
  }
  context.stdout.write(`${formatPlanDescription(describePlan(loaded.plan)).trimEnd()}\n`);
  return { kind: 'done' };
};

/** `plan check PLAN`: what a plan would send, without sending anything. */
export const planCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  new Command('plan').description('Look at a plan without running it.').addCommand(
    new Command('check')
      .description('Check a plan and say what it would send: arrivals, peak rate, shards, data rows.')
      .argument('<plan>', 'the plan, a YAML or JSON file')
      .option('--workers <count>', "workers to use instead of the plan's", parseWorkers)
      .option(
        '--set <key=value>',
        "set one of the plan's variables; may be given several times",
        parseSetting,
        {},
      )
      .action(async (file: string, flags: PlanCheckFlags) => end(await planCheck(context, file, flags))),
  );

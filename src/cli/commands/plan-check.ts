import { Command } from 'commander';
import { type CliContext, columnsOf, wantsColour } from '../cli-context.ts';
import type { Ending } from '../exit-code.ts';
import { type PlanFlags, planRequest, withPlan } from '../plan-arguments.ts';
import { decideStack, type StackFlags, withStack } from '../stack-reference.ts';

interface PlanCheckFlags extends PlanFlags, StackFlags {
  readonly json: boolean;
}

const planCheck = async (context: CliContext, file: string, flags: PlanCheckFlags): Promise<Ending> => {
  const place = decideStack(flags, context.env);
  const [{ loadPlan }, { describePlan, formatPlanDescription }, { refusalReport }, { renderPreflight }] =
    await Promise.all([
      import('../load-plan.ts'),
      import('../../plan/describe-plan.ts'),
      import('../report-refusal.ts'),
      import('../render/render-preflight.ts'),
    ]);
  const loaded = await loadPlan(planRequest(file, flags), context.cwd, {
    resolveNames: false,
    targets: place === undefined ? 'project' : 'stack',
  });
  if (loaded.kind === 'refused') {
    context.stderr.write(`${loaded.report.trimEnd()}\n`);
    return { kind: 'refused' };
  }
  const { api } = await context.openApp(place);
  const checked = await api.check(loaded);
  if (checked.kind === 'refused') {
    context.stderr.write(`${refusalReport(checked.problems, place).trimEnd()}\n`);
    return { kind: 'refused' };
  }
  const { stdout, env } = context;
  const { preflight } = checked;
  const description = describePlan(checked.plan);
  const layout = { columns: columnsOf(stdout), colour: wantsColour(stdout, env) };
  stdout.write(
    flags.json
      ? `${JSON.stringify({ version: 1, plan: description, preflight }, undefined, 2)}\n`
      : `${formatPlanDescription(description).trimEnd()}\n\n${renderPreflight(preflight, layout)}\n`,
  );
  return { kind: preflight.problems.length === 0 ? 'done' : 'refused' };
};

/** `plan check PLAN`: what a plan would send, without sending anything. */
export const planCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  new Command('plan')
    .description('Look at a plan without running it.')
    .addCommand(
      withStack(
        withPlan(
          new Command('check').description(
            'Check a plan and say what it would send and take: arrivals, data rows, workers, time and cost.',
          ),
        ).option('--json', 'print it as one JSON document', false),
      ).action(async (file: string, flags: PlanCheckFlags) => end(await planCheck(context, file, flags))),
    );

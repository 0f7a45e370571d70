import { Command } from 'commander';
import type { CliContext } from '../cli-context.ts';
import type { Ending } from '../exit-code.ts';
import { performRun } from '../perform-run.ts';
import { type PlanFlags, planRequest, withPlan } from '../plan-arguments.ts';
import { decideStack, type StackFlags, withStack } from '../stack-reference.ts';

interface RunFlags extends PlanFlags, StackFlags {
  readonly json: boolean;
  readonly quiet: boolean;
}

/** `run PLAN`: starts a run and stays with it until its summary. */
export const runCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  withStack(
    withPlan(new Command('run').description('Run a plan: show progress while it runs, then its summary.'))
      .option('--json', 'print the summary as one JSON document', false)
      .option('--quiet', 'print no progress, and the outcome as one line', false),
  ).action(async (file: string, flags: RunFlags) => {
    const stack = decideStack(flags, context.env);
    end(await performRun(context, planRequest(file, flags), flags, stack));
  });

import { Command } from 'commander';
import { type CliContext, columnsOf, wantsColour } from '../cli-context.ts';
import type { Ending } from '../exit-code.ts';
import { parseLimit } from '../parse-arguments.ts';
import { renderRuns } from '../render/render-runs.ts';
import { commandLine, decideStack, type StackFlags, withStack } from '../stack-reference.ts';

interface RunsFlags extends StackFlags {
  readonly limit: number;
  readonly json: boolean;
}

/** `runs`: lists runs, newest first. */
export const runsCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  withStack(
    new Command('runs')
      .description('List runs, newest first.')
      .option('--limit <count>', 'how many at most', parseLimit, 20)
      .option('--json', 'print them as one JSON array', false),
  ).action(async (flags: RunsFlags) => {
    const { stdout, env, invocation } = context;
    const stack = decideStack(flags, env);
    const { api } = await context.openApp(stack);
    const { runs } = await api.list({ limit: flags.limit });
    const first = commandLine(invocation, stack === undefined ? 'demo' : 'run PLAN', stack);
    if (flags.json) stdout.write(`${JSON.stringify(runs, undefined, 2)}\n`);
    else if (runs.length === 0) stdout.write(`No runs here yet. Start one: ${first}\n`);
    else
      stdout.write(`${renderRuns(runs, { columns: columnsOf(stdout), colour: wantsColour(stdout, env) })}\n`);
    end({ kind: 'done' });
  });

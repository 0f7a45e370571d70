import { Command } from 'commander';
import { BadInputError } from '../../errors.ts';
import { type CliContext, columnsOf, wantsColour } from '../cli-context.ts';
import { drainsOfStack, requireDrainStack } from '../drain-stack.ts';
import type { Ending } from '../exit-code.ts';
import { renderDrainCheck } from '../render/render-drain-check.ts';
import { type StackFlags, withStack } from '../stack-reference.ts';

/** ECS's rule. */
const clusterName = /^[A-Za-z0-9_-]{1,255}$/;

/** Throws `BadInput` for what can't be the name of a cluster; `place` is where it was written. */
export const requireClusterName = (name: string, place: string): string => {
  if (clusterName.test(name)) return name;
  throw new BadInputError(
    `${place}: "${name}" can't be the name of a cluster: up to 255 letters, digits, - and _ (not its ARN)`,
  );
};

/** `drain check CLUSTER`: what would spoil a drain there. */
export const drainCheckCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  withStack(
    new Command('check')
      .description('Say what would spoil a drain in a cluster, and the fix. Nothing is changed.')
      .argument('<cluster>', "the cluster's name")
      .option('--json', 'print it as one JSON document', false),
    'clusters',
  ).action(async (cluster: string, _: unknown, command: Command) => {
    const flags = command.optsWithGlobals<StackFlags & { readonly json: boolean }>();
    const { stdout, env } = context;
    const stack = requireDrainStack(flags, env);
    const name = requireClusterName(cluster, 'drain check');
    const check = await (await drainsOfStack(context, stack)).check(name);
    const layout = { columns: columnsOf(stdout), colour: wantsColour(stdout, env) };
    stdout.write(`${flags.json ? JSON.stringify(check, undefined, 2) : renderDrainCheck(check, layout)}\n`);
    end({ kind: check.risks.some(({ severity }) => severity === 'error') ? 'missed' : 'done' });
  });

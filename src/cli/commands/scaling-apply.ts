import { Command } from 'commander';
import { formatProblems } from '../../document/document-problem.ts';
import { PolicyRefusedError } from '../../errors.ts';
import type { CliContext } from '../cli-context.ts';
import type { Ending } from '../exit-code.ts';
import { requesterOf } from '../requester-of.ts';
import { nothingIsScaledHere, openScaling, readPolicyFile } from '../scaling-place.ts';
import { commandLine, type StackFlags, withStack } from '../stack-reference.ts';

const apply = async (context: CliContext, file: string, flags: StackFlags): Promise<Ending> => {
  const { stdout, stderr, env, invocation } = context;
  const text = await readPolicyFile(context, file);
  const { scaling, stack } = await openScaling(context, flags);
  try {
    const applied = await scaling.apply({ text, name: file, requestedBy: requesterOf(env) });
    const { cluster, policy, pausedUntilMillis } = applied.standing;
    const what = applied.changed ? 'is stored' : 'was stored already';
    stdout.write(
      `The policy of cluster ${cluster} ${what}${policy.dryRun ? ', as a dry run: nothing is carried out' : ''}.\n`,
    );
    if (pausedUntilMillis !== null || policy.paused) stdout.write('Scaling of the cluster is paused.\n');
    if (stack === undefined) stderr.write(`${nothingIsScaledHere}\n`);
    else {
      for (const warning of applied.warnings) stderr.write(`Note: ${warning}\n`);
      const explain = commandLine(invocation, `scaling explain --cluster ${cluster}`, stack);
      stdout.write(`What it decides: ${explain}\n`);
    }
    return { kind: 'done' };
  } catch (error) {
    if (!(error instanceof PolicyRefusedError) || error.problems.length === 0) throw error;
    stderr.write(`${formatProblems(error.problems).trimEnd()}\n`);
    return { kind: 'refused' };
  }
};

/** `scaling apply FILE`: stores a policy in place of its cluster's last one. */
export const scalingApplyCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  withStack(
    new Command('apply')
      .description("Check a policy and store it in place of its cluster's last one.")
      .argument('<policy>', 'the scaling policy'),
    'clusters',
  ).action(async (file: string, flags: StackFlags) => end(await apply(context, file, flags)));

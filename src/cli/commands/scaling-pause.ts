import { Command } from 'commander';
import { BadInputError } from '../../errors.ts';
import type { CliContext } from '../cli-context.ts';
import type { Ending } from '../exit-code.ts';
import { parseDeadline } from '../parse-arguments.ts';
import { requesterOf } from '../requester-of.ts';
import { nothingIsScaledHere, openScaling } from '../scaling-place.ts';
import { commandLine, type StackFlags, withStack } from '../stack-reference.ts';

const clusterArgument = "the cluster's name";

const pause = async (
  context: CliContext,
  cluster: string,
  { for: forSeconds = null, ...flags }: StackFlags & { readonly for?: number | null },
): Promise<Ending> => {
  const { stdout, stderr, env, invocation } = context;
  const { scaling, stack } = await openScaling(context, flags);
  const { pausedUntilMillis } = await scaling.pause(cluster, { forSeconds, requestedBy: requesterOf(env) });
  const until =
    forSeconds === null || pausedUntilMillis === null
      ? 'until it is resumed'
      : `until ${new Date(pausedUntilMillis).toISOString()}`;
  stdout.write(
    `Scaling of cluster ${cluster} is paused ${until}; drains that were begun go on.\nResume: ${commandLine(invocation, `scaling resume ${cluster}`, stack)}\n`,
  );
  if (stack === undefined) stderr.write(`${nothingIsScaledHere}\n`);
  return { kind: 'done' };
};

/** `scaling pause CLUSTER`: nothing is decided for a while. */
export const scalingPauseCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  withStack(
    new Command('pause')
      .description('Have nothing decided for a cluster; drains that were begun go on.')
      .argument('<cluster>', clusterArgument)
      .option('--for <duration>', 'how long, such as 2h; until it is resumed unless given', parseDeadline),
    'policies',
  ).action(async (cluster: string, flags: StackFlags & { readonly for?: number }) =>
    end(await pause(context, cluster, flags)),
  );

/** `scaling resume CLUSTER`: ends a pause. */
export const scalingResumeCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  withStack(
    new Command('resume').description('End a pause.').argument('<cluster>', clusterArgument),
    'policies',
  ).action(async (cluster: string, flags: StackFlags) => {
    const { scaling, stack } = await openScaling(context, flags);
    const { policy } = await scaling.resume(cluster, requesterOf(context.env));
    const left = policy.paused ? ', but its policy says paused: true' : '';
    context.stdout.write(`Scaling of cluster ${cluster} goes on${left}.\n`);
    if (stack === undefined) context.stderr.write(`${nothingIsScaledHere}\n`);
    end({ kind: 'done' });
  });

/** `scaling remove CLUSTER`: nothing is decided any more; the cluster stays as it is. */
export const scalingRemoveCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  withStack(
    new Command('remove')
      .description('Remove a policy. The cluster stays as it is.')
      .argument('<cluster>', clusterArgument),
    'policies',
  ).action(async (cluster: string, flags: StackFlags) => {
    const { scaling, stack } = await openScaling(context, flags);
    if (!(await scaling.remove(cluster))) {
      const list = commandLine(context.invocation, 'scaling show', stack);
      throw new BadInputError(`no scaling policy is stored for the cluster "${cluster}"; see ${list}`);
    }
    context.stdout.write(`The policy of cluster ${cluster} is removed; the cluster stays as it is.\n`);
    end({ kind: 'done' });
  });

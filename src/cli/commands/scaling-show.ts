import { Command } from 'commander';
import { type CliContext, columnsOf, wantsColour } from '../cli-context.ts';
import type { Ending } from '../exit-code.ts';
import { renderPolicies, renderStanding } from '../render/render-policies.ts';
import { nothingIsScaledHere, openScaling } from '../scaling-place.ts';
import { commandLine, type StackFlags, withStack } from '../stack-reference.ts';

interface ScalingShowFlags extends StackFlags {
  readonly json: boolean;
}

const show = async (
  context: CliContext,
  cluster: string | undefined,
  flags: ScalingShowFlags,
): Promise<Ending> => {
  const { stdout, stderr, env, invocation } = context;
  const { scaling, stack } = await openScaling(context, flags);
  const layout = { columns: columnsOf(stdout), colour: wantsColour(stdout, env) };
  const print = (value: unknown, text: () => string): void =>
    void stdout.write(`${flags.json ? JSON.stringify(value, undefined, 2) : text()}\n`);
  const sayWhere = (): void => {
    if (stack === undefined && !flags.json) stderr.write(`${nothingIsScaledHere}\n`);
  };
  if (cluster !== undefined) {
    const standing = await scaling.show(cluster);
    print(standing, () => renderStanding(standing, layout));
    sayWhere();
  } else {
    const standings = await scaling.list();
    const first = commandLine(invocation, 'scaling apply POLICY', stack);
    print(standings, () =>
      standings.length === 0
        ? `No scaling policies here yet. Store one: ${first}`
        : renderPolicies(standings, layout),
    );
    if (standings.length > 0) sayWhere();
  }
  return { kind: 'done' };
};

/** `scaling show [CLUSTER]`: lists policies, or says what one means and how it stands. */
export const scalingShowCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  withStack(
    new Command('show')
      .description('List scaling policies, or say what one means and when it last decided.')
      .argument('[cluster]', "the cluster's name")
      .option('--json', 'print them as one JSON array, or one as a document', false),
    'policies',
  ).action(async (cluster: string | undefined, flags: ScalingShowFlags) =>
    end(await show(context, cluster, flags)),
  );

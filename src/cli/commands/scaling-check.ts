import { Command } from 'commander';
import { type CliContext, columnsOf } from '../cli-context.ts';
import type { Ending } from '../exit-code.ts';
import { readPolicyFile } from '../scaling-place.ts';

interface ScalingCheckFlags {
  readonly json: boolean;
}

const check = async (context: CliContext, file: string, { json }: ScalingCheckFlags): Promise<Ending> => {
  const [{ parseScalingPolicy }, { renderMeaning }, { wrapWords }, { formatProblems }] = await Promise.all([
    import('../../scaling/policy/parse-scaling-policy.ts'),
    import('../render/render-policies.ts'),
    import('../render/layout-text.ts'),
    import('../../document/document-problem.ts'),
  ]);
  const { stdout, stderr } = context;
  const parsed = parseScalingPolicy(await readPolicyFile(context, file), { file });
  if (parsed.kind === 'problems') {
    stderr.write(`${formatProblems(parsed.problems).trimEnd()}\n`);
    return { kind: 'refused' };
  }
  const { policy, notes } = parsed;
  if (json) stdout.write(`${JSON.stringify({ version: 1, policy, notes }, undefined, 2)}\n`);
  else {
    const columns = columnsOf(stdout);
    const noted = notes.flatMap((note) => wrapWords(`Note: ${note}`, columns));
    stdout.write(`${[...renderMeaning(policy, columns), ...noted].join('\n')}\n`);
  }
  return { kind: 'done' };
};

/** `scaling check FILE`: what a policy would do, in words; or all that is wrong with it, and what would make it oscillate. */
export const scalingCheckCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  new Command('check')
    .description("Check a policy, also that it can't oscillate, and say what it means.")
    .argument('<policy>', 'the scaling policy')
    .option('--json', 'print it as one JSON document, every default filled in', false)
    .action(async (file: string, flags: ScalingCheckFlags) => end(await check(context, file, flags)));

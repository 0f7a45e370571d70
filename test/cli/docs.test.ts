import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../src/cli/exit-code.ts';
import { packageRoot } from '../../src/cli/package-root.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { parseProjectConfig } from '../../src/cli/project-config.ts';
import { addressGuard } from '../../src/plan/allowed-targets.ts';
import { generators } from '../../src/plan/generators.ts';
import { parsePlan } from '../../src/plan/parse-plan.ts';
import { parseScalingPolicy } from '../../src/scaling/policy/parse-scaling-policy.ts';
import { aContext, aRunApi } from './builders.ts';

const read = (file: string): string => readFileSync(join(packageRoot(), file), 'utf8');
const blocks = (file: string): readonly string[] =>
  [...read(file).matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] as string);
const program = buildProgram(aContext(aRunApi()), () => undefined);

describe('the documentation', () => {
  it.each(['README.md', 'docs/plan.md'])('shows plans in %s that are right', (file) => {
    const plans = blocks(file).filter((block) => /^version: 1\n(.*\n)*target:/.test(block));
    expect(plans).toHaveLength(1);
    for (const text of plans) {
      const options = {
        file,
        guard: addressGuard([]),
        readFile: () => ({ kind: 'missing' as const, reason: 'not here' }),
        compileHooks: () => ({ kind: 'problem' as const, reason: 'not here' }),
      };
      expect(parsePlan(text, options)).toMatchObject({ kind: 'plan' });
    }
  });

  it('shows a scaling policy in README.md that is right', () => {
    const policies = blocks('README.md').filter((block) => /^version: 1\n(.*\n)*cluster:/.test(block));
    expect(policies).toHaveLength(1);
    for (const text of policies)
      expect(parseScalingPolicy(text, { file: 'README.md' })).toMatchObject({ kind: 'policy' });
  });

  it.each(['README.md', 'docs/cli.md'])('shows a configuration in %s that is right', (file) => {
    const configs = blocks(file).filter((block) => block.startsWith('allowedTargets'));
    expect(configs).toHaveLength(1);
    for (const text of configs)
      expect(parseProjectConfig(text, file).allowedTargets.length).toBeGreaterThan(0);
  });

  it('names every command and every option', () => {
    const text = read('docs/cli.md');
    for (const command of program.commands.flatMap((each) => [each, ...each.commands])) {
      expect(text).toContain(command.name());
      for (const option of command.options) expect(text).toContain(option.long);
    }
  });

  it('names every command in the README', () => {
    for (const command of program.commands) expect(read('README.md')).toContain(`| \`${command.name()}`);
  });

  it('names every exit code', () => {
    const text = read('docs/cli.md');
    expect(exitCodeOf({ kind: 'interrupted' })).toBe(130);
    for (const code of [0, 1, 2, 70, 75, 130]) expect(text).toMatch(new RegExp(`\\| ${code} *\\|`));
  });

  it('names every generator', () => {
    for (const name of Object.keys(generators)) expect(read('docs/plan.md')).toContain(`{{$${name}`);
  });
});

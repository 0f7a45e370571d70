import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectRefused, head, readPolicy, service } from './read-policy.ts';

const seed = Number(process.env.STORMDRAIN_SCALING_SEED ?? 6);

const expectedOf = (text: string): string => {
  const parsed = readPolicy(text);
  return parsed.kind === 'policy' ? '' : parsed.problems.map(({ expected }) => expected).join('\n');
};

describe('steps that can oscillate', () => {
  it('are refused with the numbers that show it, and with what would do', () => {
    expectRefused(
      '',
      service('{ cpu: { above: 30, below: 16 } }'),
      '4:35',
      'services.web.cpu.below',
      "at a constant demand of 31% of one task's CPU: 1 task at 31% (above 30%: add 1), 2 tasks at 15.5% (below 16%: remove 1), and so on for ever; lower below to 15%, raise above to 32% or raise minimum to 2",
    );
  });

  it('are accepted with each of the proposals', () => {
    expect(expectedOf(service('{ cpu: { above: 30, below: 15 } }'))).toBe('');
    expect(expectedOf(service('{ cpu: { above: 32, below: 16 } }'))).toBe('');
    expect(expectedOf(service('{ cpu: { above: 30, below: 16 }, minimum: 2 }'))).toBe('');
  });

  it('are named in the units of the document', () => {
    const group = 'targetGroup: targetgroup/web/0123456789abcdef';
    const text = expectedOf(service(`{ requestsPerTarget: { ${group}, above: 1800/m, below: 16/s } }`));
    expect(text).toContain('1 task at 31/s (above 30/s: add 1), 2 tasks at 15.5/s (below 16/s: remove 1)');
    expect(text).toContain('at a constant demand of 31/s: ');
    expect(text).toContain('lower below to 15/s, raise above to 32/s');
  });

  it('of several thresholds are lowered together', () => {
    const steps =
      '{ above: [{ at: 50, add: 1 }, { at: 80, add: 4 }], below: [{ at: 40, remove: 1 }, { at: 20, remove: 2 }] }';
    const [, lower = ''] =
      /lower below to (\S+ and \S+) or/.exec(expectedOf(service(`{ cpu: ${steps} }`))) ?? [];
    const [first = '', second = ''] = lower.split(' and ');
    const lowered = steps.replace('at: 40', `at: ${first}`).replace('at: 20', `at: ${second}`);
    expect(Number.parseFloat(first)).toBeLessThan(40);
    expect(expectedOf(service(`{ cpu: ${lowered} }`))).toBe('');
  });

  it('of CPU are not told to wait for more than a task reserves', () => {
    expect(expectedOf(service('{ cpu: { above: 90, below: 80 } }'))).not.toContain('raise above');
    // 100% would do, and is never passed.
    expect(expectedOf(service('{ cpu: { above: 90, below: 50 } }'))).not.toContain('raise above');
  });

  it('are looked for only where nothing else is wrong', () => {
    const text = expectedOf(service('{ cpu: { above: 30, below: 16 }, minimum: 20 }'));
    expect(text).not.toContain('for ever');
    expect(text).toContain('a maximum as well');
  });

  it('are all found in a policy of many services', () => {
    const services = Array.from(
      { length: 30 },
      (_, index) => `  web-${index}: { cpu: { above: 30, below: 16 } }\n`,
    );
    const parsed = readPolicy(`${head}services:\n${services.join('')}`);
    expect(parsed.kind === 'problems' && parsed.problems.length).toBe(30);
  });

  it('are accepted with thresholds that their own message proposes', () => {
    const percent = fc.integer({ min: 1, max: 1000 });
    const tasks = fc.integer({ min: 1, max: 6 });
    const bounds = fc.record({
      minimum: fc.integer({ min: 1, max: 5 }),
      more: fc.integer({ min: 1, max: 60 }),
    });
    let refused = 0;
    fc.assert(
      fc.property(percent, percent, tasks, tasks, bounds, (one, other, add, remove, { minimum, more }) => {
        fc.pre(one !== other);
        const [low, high] = [Math.min(one, other) / 10, Math.max(one, other) / 10];
        const custom = 'prometheus: { query: up, per: task, ';
        const written = (below: number, above: number, least: number): string =>
          service(
            `{ ${custom}above: [{ at: ${above}, add: ${add} }], below: [{ at: ${below}, remove: ${remove} }] }, minimum: ${least}, maximum: ${minimum + more} }`,
          );
        const text = expectedOf(written(low, high, minimum));
        if (text === '') return;
        refused++;
        const number = (pattern: RegExp): number | undefined => {
          const found = pattern.exec(text)?.[1];
          return found === undefined ? undefined : Number(found.replaceAll(',', ''));
        };
        const proposals = [
          [number(/lower below to ([\d.,]*\d)/) ?? low, high, minimum],
          [low, number(/raise above to ([\d.,]*\d)/) ?? high, minimum],
          [low, high, number(/raise minimum to ([\d,]*\d)/) ?? minimum],
        ] as const;
        const changed = proposals.filter(
          ([below, above, least]) => below !== low || above !== high || least !== minimum,
        );
        expect(changed.length).toBeGreaterThan(0);
        for (const [below, above, least] of changed)
          expect(expectedOf(written(below, above, least))).toBe('');
      }),
      { seed, numRuns: 100 },
    );
    expect(refused).toBeGreaterThan(10);
  });
});

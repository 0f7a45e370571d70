import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayEndEarly, mostRequests } from '../../src/plan/count-requests.ts';
import type { Step } from '../../src/plan/plan.ts';
import { planStepNames } from '../../src/plan/step-names.ts';
import { aRequest, aScenario } from './a-plan.ts';
import { steps } from './bad-plan.ts';
import { compiled, readPlan } from './read-plan.ts';

const loop = (maxTimes: number, within: readonly Step[]): Step => ({
  kind: 'while',
  text: '{{a}} != b',
  left: '{{a}}',
  comparison: '!=',
  right: 'b',
  maxTimes,
  steps: within,
});

const { someSteps } = fc.letrec<{ someSteps: readonly Step[]; step: Step }>((tie) => ({
  someSteps: fc.array(tie('step'), { minLength: 1, maxLength: 3, depthIdentifier: 'steps' }),
  step: fc.oneof(
    { depthIdentifier: 'steps', maxDepth: 3 },
    fc.constant<Step>({ kind: 'think', minSeconds: 0, maxSeconds: 1 }),
    fc.constantFrom('a', 'b', 'c').map((name) => aRequest({ name })),
    fc
      .tuple(fc.integer({ min: 1, max: 3 }), tie('someSteps'))
      .map(([times, within]): Step => ({ kind: 'repeat', times, steps: within })),
    fc.tuple(fc.integer({ min: 1, max: 3 }), tie('someSteps')).map(([times, within]) => loop(times, within)),
  ),
}));

/** What an arrival sends when every loop is played as often as it may be. */
const played = (all: readonly Step[]): readonly string[] =>
  all.flatMap((step) => {
    if (step.kind === 'think') return [];
    if (step.kind === 'request') return [step.name];
    const times = step.kind === 'repeat' ? step.times : step.maxTimes;
    return Array.from({ length: times }, () => played(step.steps)).flat();
  });

describe('the steps of a scenario', () => {
  it('are counted and named as when they are played', () => {
    fc.assert(
      fc.property(someSteps, (all) => {
        const sent = played(all);
        expect(mostRequests(all)).toBe(sent.length);
        expect(planStepNames({ scenarios: [aScenario({ steps: all })] })).toEqual([...new Set(sent)]);
      }),
    );
  });

  it('may end early only in a loop with a condition', () => {
    const repeat: Step = { kind: 'repeat', times: 2, steps: [aRequest()] };
    expect(mayEndEarly([repeat, aRequest()])).toBe(false);
    expect(mayEndEarly([{ ...repeat, steps: [loop(2, [aRequest()])] }])).toBe(true);
  });

  it('may be a loop whose condition looks at what its own steps capture', () => {
    const text = steps(
      '{ while: "{{ state }} != \'\'", max: 5, steps: [{ get: /s, capture: { state: { json: $.s } } }] }\n  - get: "/{{state}}"',
    );
    expect(compiled(text).scenarios[0]?.steps).toMatchObject([
      {
        kind: 'while',
        text: "{{ state }} != ''",
        left: '{{state}}',
        comparison: '!=',
        right: '',
        maxTimes: 5,
        steps: [{ name: 'GET /s' }],
      },
      { url: '/{{state}}' },
    ]);
  });

  it('may send a million requests, and not one more', () => {
    const nested = (last: number): string =>
      steps(
        `{ repeat: 1000, steps: [{ while: "{{$now}} != 1", max: ${last}, steps: [{ get: /x }] }] }\n  - think: 1s`,
      );
    expect(readPlan(nested(1000)).kind).toBe('plan');
    expect(readPlan(nested(1001)).kind).toBe('problems');
  });

  it('may name what hooks have set, from the first step with a hook on', () => {
    const text = `hooks: hooks.ts\n${steps('{ get: /a, before: sign, expect: { body: "{{set}}" } }\n  - get: "/{{set}}"')}`;
    expect(compiled(text).scenarios[0]?.steps).toMatchObject([{ before: 'sign' }, { url: '/{{set}}' }]);
  });

  it('follow as many redirects as the plan says, unless they say it themselves', () => {
    const text = `redirects: 3\n${steps('get: /a\n  - { get: /b, redirects: 0 }')}`;
    expect(compiled(text).scenarios[0]?.steps).toMatchObject([{ redirects: 3 }, { redirects: 0 }]);
  });
});

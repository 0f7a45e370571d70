import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Step, WhileStep } from '../../../src/plan/plan.ts';
import { aPlan, aRequest, aScenario } from '../support/a-plan.ts';
import { oneArrival, played } from '../support/played.ts';
import { ok, rawServer } from '../support/raw-server.ts';

const poll = aRequest({ url: '/poll', capture: [{ variable: 'state', from: 'regex', regex: '.+' }] });
const whileStep = (overrides: Partial<WhileStep> = {}): WhileStep => ({
  kind: 'while',
  text: '{{state}} != ready',
  left: '{{state}}',
  comparison: '!=',
  right: 'ready',
  maxTimes: 10,
  steps: [poll],
  ...overrides,
});

/** The paths asked for, when polls find `ready` at the given one, counted from 1. */
const pathsOf = async (steps: readonly Step[], readyAt: number, variables = {}): Promise<string> => {
  let polls = 0;
  await using server = await rawServer((socket, request) => {
    const isPoll = request.startsWith('GET /poll ');
    if (isPoll) polls++;
    socket.write(ok(polls === readyAt ? 'ready' : 'busy'));
  });
  const plan = aPlan({ target: server.url, load: oneArrival, scenarios: [aScenario(steps)], variables });
  const sink = await played(plan);
  expect(sink.failures).toEqual([]);
  return server.requests.map((each) => each.split(' ')[1]).join(' ');
};
const last = aRequest({ url: '/last' });

describe('a while step', () => {
  it('plays its steps as long as the condition holds, at most so many times', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 6 }),
        async (max, readyAt) => {
          const paths = await pathsOf([whileStep({ maxTimes: max }), last], readyAt);
          expect(paths).toBe(`${'/poll '.repeat(Math.min(max, readyAt))}/last`);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('is passed over when the condition does not hold', async () => {
    expect(await pathsOf([whileStep(), last], 1, { state: 'ready' })).toBe('/last');
    expect(await pathsOf([whileStep({ comparison: '==', right: 'busy' }), last], 1)).toBe('/last');
  });

  it('stands within loops, and has loops in it', async () => {
    const once: Step = { kind: 'repeat', times: 2, steps: [aRequest({ url: '/in' })] };
    const never: Step = { kind: 'repeat', times: 0, steps: [aRequest({ url: '/never' })] };
    const outer: Step = {
      kind: 'repeat',
      times: 2,
      steps: [whileStep({ steps: [poll, never, once] }), last],
    };
    expect(await pathsOf([outer], 2)).toBe('/poll /in /in /poll /in /in /last /last');
  });
});

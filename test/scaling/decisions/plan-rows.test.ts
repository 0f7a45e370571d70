import { describe, expect, it } from 'vitest';
import { makeRows, planRows } from '../../../src/scaling/decisions/plan-rows.ts';
import type { ScalingAction, ScalingDecision } from '../../../src/scaling/scaling-decision.ts';

const aDecision = (decision: Partial<ScalingDecision> = {}): ScalingDecision => ({
  subject: 'service/web',
  outcome: 'hold',
  reason: 'steady',
  from: 4,
  to: 4,
  sentence: 'web stays at 4',
  figures: { tasks: 4 },
  ...decision,
});
const out = aDecision({ outcome: 'out', reason: 'above-target', to: 5 });
const action: ScalingAction = { kind: 'setService', service: 'web', from: 4, to: 5 };
const head = { atMillis: Date.UTC(2026, 10, 21), cluster: 'shop', tick: 't', policy: '0123456789abcdef' };

describe('what is worth a row', () => {
  it('is what is done, each time', () => {
    const first = planRows([out], [action], false, {});
    expect(first.logged).toEqual([out]);
    expect(planRows([out], [action], false, first.lastReasons).logged).toEqual([out]);
  });

  it('is what is not done when its reason changes, or when it was heard of first', () => {
    const { logged, lastReasons } = planRows([aDecision()], [], false, {});
    expect(logged).toHaveLength(1);
    expect(planRows([aDecision()], [], false, lastReasons).logged).toEqual([]);
    expect(planRows([aDecision({ reason: 'cooldown' })], [], false, lastReasons).logged).toHaveLength(1);
    expect(planRows([], [], false, lastReasons).lastReasons).toEqual({});
  });

  it('is what would be done in a dry run, when it changes', () => {
    const { lastReasons } = planRows([out], [action], true, {});
    expect(planRows([out], [action], true, lastReasons).logged).toEqual([]);
    expect(planRows([{ ...out, to: 6 }], [action], true, lastReasons).logged).toHaveLength(1);
  });

  it('is each of several decisions about one thing', () => {
    const both = [aDecision({ reason: 'at-maximum' }), aDecision({ reason: 'stale-data' })];
    const { logged, lastReasons } = planRows(both, [], false, {});
    expect(logged).toEqual(both);
    expect(planRows(both, [], false, lastReasons).logged).toEqual([]);
  });
});

describe('rows', () => {
  it('say what became of a decision', () => {
    expect(
      makeRows(head, [out, aDecision({ subject: 'service/api' })], [{ action, result: 'done' }]),
    ).toEqual([
      {
        version: 1,
        at: '2026-11-21T00:00:00.000Z',
        cluster: 'shop',
        tick: 't',
        subject: 'service/web',
        outcome: 'out',
        reason: 'above-target',
        from: 4,
        to: 5,
        sentence: 'web stays at 4',
        figures: '{"tasks":4}',
        carriedOut: 'done',
        policy: '0123456789ab',
      },
      expect.objectContaining({ subject: 'service/api', carriedOut: '' }),
    ]);
  });

  it('of the whole cluster have what became of its pools and instances, first of all what failed', () => {
    const [row] = makeRows(
      head,
      [aDecision({ subject: 'cluster', outcome: 'out' })],
      [
        { action, result: 'no right' },
        { action: { kind: 'setPool', pool: 'a', fromUnits: 1, toUnits: 2 }, result: 'done' },
        { action: { kind: 'setPool', pool: 'b', fromUnits: 1, toUnits: 2 }, result: 'refused' },
      ],
    );
    expect(row?.carriedOut).toBe('refused');
  });
});

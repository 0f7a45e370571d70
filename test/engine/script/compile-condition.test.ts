import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileCondition } from '../../../src/engine/script/compile-condition.ts';
import { aScope } from '../support/a-plan.ts';

const holds = (
  left: string,
  comparison: '==' | '!=',
  right: string,
  row: Record<string, string> = {},
  constants: Record<string, string> = {},
): boolean =>
  compileCondition({ left, comparison, right }, new Map(Object.entries(constants)))(aScope({ row }));

describe('the condition of a loop', () => {
  it.each([
    ['{{state}}', '!=', 'ready', { state: 'ready' }, false],
    ['{{state}}', '!=', 'ready', { state: 'Ready' }, true],
    ['{{state}}', '==', '', { state: '' }, true],
    ['{{a}}-{{b}}', '==', '1-2', { a: '1', b: '2' }, true],
    ['{{a}}', '==', '{{b}}', { a: '1', b: '1.0' }, false],
  ] as const)('%s %s %s with %j is %s', (left, comparison, right, row, expected) => {
    expect(holds(left, comparison, right, row)).toBe(expected);
  });

  it('holds for != and not for == while a variable has no value', () => {
    for (const [left, right] of [
      ['{{nope}}', ''],
      ['', '{{nope}}'],
      ['{{nope}}', '{{nope}}'],
    ] as const) {
      expect([holds(left, '!=', right), holds(left, '==', right)]).toEqual([true, false]);
    }
  });

  it('compares texts, wherever they come from', () => {
    const text = fc.string();
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(holds('{{a}}', '==', '{{b}}', { a: one }, { b: other })).toBe(one === other);
        expect(holds('{{a}}', '!=', '{{b}}', { a: one, b: other })).toBe(one !== other);
      }),
    );
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideSuits, unreadConstraint } from '../../../src/scaling/capacity/decide-suits.ts';
import { parseConstraint } from '../../../src/scaling/capacity/parse-constraint.ts';

const instance = {
  attributes: {
    'ecs.instance-type': 't2.small',
    'ecs.availability-zone': 'us-east-1a',
    stack: 'prod',
    cores: '8',
  },
  isRegistered: true,
};
const planned = { attributes: { stack: 'prod' }, isRegistered: false };

const cases: readonly (readonly [string, 'yes' | 'no' | 'unknown'])[] = [
  ['attribute:ecs.instance-type == t2.small', 'yes'],
  ['attribute:ecs.instance-type==t2.small', 'yes'],
  ["attribute:ecs.instance-type equals 't2.small'", 'yes'],
  ['attribute:ecs.instance-type != t2.small', 'no'],
  ['attribute:ecs.availability-zone in [us-east-1a, us-east-1b]', 'yes'],
  ['attribute:ecs.availability-zone not_in [us-east-1a]', 'no'],
  ['attribute:ecs.availability-zone !in [us-east-1c]', 'yes'],
  ['attribute:ecs.instance-type =~ t2.*', 'yes'],
  ['attribute:ecs.instance-type =~ g2.*', 'no'],
  ['attribute:ecs.instance-type !~ g2.*', 'yes'],
  ['attribute:stack exists', 'yes'],
  ['attribute:stack !exists', 'no'],
  ['attribute:disk exists', 'no'],
  ['attribute:disk not_exists', 'yes'],
  ['attribute:disk == ssd', 'no'],
  ['attribute:disk != ssd', 'unknown'],
  ['attribute:cores >= 8', 'yes'],
  ['attribute:cores < 8', 'no'],
  ['attribute:stack > 8', 'unknown'],
  ['attribute:stack == prod and attribute:disk exists', 'no'],
  ['attribute:stack == prod || attribute:disk exists', 'yes'],
  ['not (attribute:stack == test) && attribute:cores == 8', 'yes'],
  ['!(attribute:stack == prod)', 'no'],
  ['attribute:stack == test or attribute:cores == 8 and attribute:stack == prod', 'yes'],
  ['(attribute:stack == test or attribute:cores == 8) and attribute:stack == test', 'no'],
  ['task:group == service:production', 'unknown'],
  ['task:group == service:production and attribute:stack == test', 'no'],
  ['agentVersion >= 1.80.0', 'unknown'],
  ['attribute:ecs.instance-type =~ (m4|c4).*', 'unknown'],
  ['attribute:stack ==', 'unknown'],
  ['attribute:stack in []', 'unknown'],
  ['attribute:stack == prod )', 'unknown'],
  ['', 'unknown'],
];

test.each(cases)('%s: %s', (expression, verdict) => {
  expect(decideSuits([expression], instance)).toBe(verdict);
});

test("attributes of ECS's own are known in part of an instance that is not there yet, custom ones in whole", () => {
  expect(decideSuits(['attribute:ecs.availability-zone == us-east-1a'], planned)).toBe('unknown');
  expect(decideSuits(['attribute:disk == ssd'], planned)).toBe('no');
  expect(decideSuits(['attribute:stack == prod'], planned)).toBe('yes');
});

test('all constraints must hold, and one that fails decides', () => {
  expect(decideSuits([], instance)).toBe('yes');
  expect(decideSuits(['task:group == a', 'attribute:stack == test'], instance)).toBe('no');
  expect(decideSuits(['task:group == a', 'attribute:stack == prod'], instance)).toBe('unknown');
});

test('what can not be read is named', () => {
  expect(unreadConstraint(['attribute:stack == prod', 'task:group == a'])).toBe('task:group == a');
  expect(unreadConstraint(['attribute:disk != ssd'])).toBeUndefined();
});

test('no text throws or takes long', () => {
  const words = [
    'attribute:a',
    '==',
    '!',
    'in',
    '[',
    ']',
    '(',
    ')',
    'and',
    'or',
    'not',
    'x',
    ',',
    "'",
    '=~',
    'a*',
  ];
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...words), fc.string()), { maxLength: 40 }), (parts) => {
      const text = parts.join(' ');
      const isRead = parseConstraint(text) !== undefined;
      const verdict = decideSuits([text], instance);
      expect(isRead || verdict === 'unknown').toBe(true);
    }),
    { numRuns: 500, seed: 6 },
  );
});

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { formatProblems } from '../../../src/document/document-problem.ts';
import { describeScalingPolicy } from '../../../src/scaling/policy/describe-scaling-policy.ts';
import { scalingDocument } from '../../../src/scaling/policy/scaling-document.ts';
import { somePolicy } from './random-policy.ts';
import { accepted, readPolicy } from './read-policy.ts';
import { writePolicy } from './write-policy.ts';

const seed = Number(process.env.STORMDRAIN_SCALING_SEED ?? 6);
/** How many times as many cases as there are by default. */
const times = Number(process.env.STORMDRAIN_SCALING_CASES ?? 10_000) / 10_000;

const check = (numRuns: number) => ({ seed, numRuns: Math.ceil(numRuns * times) });

describe('a random policy', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(somePolicy, (policy) => {
        expect(accepted(stringify(writePolicy(policy))).policy).toEqual(policy);
      }),
      check(80),
    );
  });

  it('is the same in JSON', () => {
    fc.assert(
      fc.property(somePolicy, (policy) => {
        expect(accepted(JSON.stringify(writePolicy(policy))).policy).toEqual(policy);
      }),
      check(20),
    );
  });

  it('can be described', () => {
    fc.assert(
      fc.property(somePolicy, (policy) => {
        const text = describeScalingPolicy(policy).join('\n');
        for (const { service } of policy.services) expect(text).toContain(service);
        expect(text).not.toMatch(/undefined|null|NaN|\[object/);
      }),
      check(40),
    );
  });
});

const examples = ['three-lines', 'fargate-service', 'queue-workers', 'spot-cluster'].map((name): unknown =>
  parse(readFileSync(new URL(`../../../examples/scaling/${name}.yaml`, import.meta.url), 'utf8')),
);

const oddities = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    0,
    -1,
    1e300,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    true,
    [],
    {},
    '10m',
    '80%',
  ),
  fc.constantFrom<unknown>('__proto__', 'constructor', '* * * * *', '0 0 30 2 *', '1/s', '-5%', '1e9', '½'),
  fc.string({ maxLength: 20, unit: 'grapheme' }),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Replaces, removes or adds something at a place that the numbers choose. */
const spoil = (value: unknown, choices: readonly number[], oddity: unknown): unknown => {
  const [choice = 0, ...others] = choices;
  if (others.length === 0 || typeof value !== 'object' || value === null) return oddity;
  const keys = Object.keys(value);
  const key = keys[choice % (keys.length + 1)] ?? (choice % 2 === 0 ? '__proto__' : 'extra');
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === key ? spoil(item, others, oddity) : item));
  const entries = Object.entries(value).filter(([name]) => name !== key || choice % 7 !== 0);
  const kept = entries.map(([name, item]): [string, unknown] => [
    name,
    name === key ? spoil(item, others, oddity) : item,
  ]);
  return Object.fromEntries(keys.includes(key) ? kept : [...kept, [key, oddity]]);
};

const spoiled = fc
  .tuple(
    fc.constantFrom(...examples),
    fc.array(fc.array(fc.nat(1000), { minLength: 2, maxLength: 7 }), { minLength: 1, maxLength: 3 }),
    oddities,
  )
  .map(([example, places, oddity]) =>
    places.reduce<unknown>((document, choices) => spoil(document, choices, oddity), example),
  );

/** Never throws; what is wrong has its place, and what is right is a policy. */
const expectRead = (text: string): void => {
  const parsed = readPolicy(text);
  if (parsed.kind === 'policy') {
    expect(describeScalingPolicy(parsed.policy).length).toBeGreaterThan(0);
    return;
  }
  expect(parsed.problems.length).toBeGreaterThan(0);
  for (const { line, column, expected } of parsed.problems) {
    expect(line).toBeGreaterThan(0);
    expect(column).toBeGreaterThan(0);
    expect(expected).not.toMatch(/undefined|NaN|Invalid input|^$/);
  }
  expect(formatProblems(parsed.problems)).not.toBe('');
};

describe('a broken policy', () => {
  it('never throws, with something in it replaced', () => {
    fc.assert(
      fc.property(spoiled, (document) => expectRead(stringify(document))),
      check(200),
    );
  });

  it('never throws, with any text in it', () => {
    const pieces = fc.constantFrom(
      'version: 1',
      'cluster: a',
      'services:',
      '  web: ',
      '{',
      '}',
      '\n',
      ': ',
      '- ',
      '&a',
      '*a',
    );
    const text = fc.array(fc.oneof(pieces, fc.string({ maxLength: 8 })), { maxLength: 20 });
    fc.assert(
      fc.property(text, (parts) => expectRead(parts.join(''))),
      check(150),
    );
  });

  it('never throws, with anything under any key', () => {
    const keys = Object.keys(scalingDocument.shape);
    const document = fc.dictionary(fc.constantFrom(...keys), oddities, { maxKeys: 9, noNullPrototype: true });
    fc.assert(
      fc.property(document, (value) => expectRead(stringify({ version: 1, cluster: 'shop', ...value }))),
      check(150),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateValue, generators } from '../../src/plan/generators.ts';
import { seededRandom } from '../../src/plan/random.ts';
import {
  formatTemplate,
  parseTemplate,
  type TemplatePart,
  TemplateProblem,
} from '../../src/plan/template.ts';

const problemOf = (text: string): TemplateProblem => {
  try {
    parseTemplate(text);
  } catch (error) {
    if (error instanceof TemplateProblem) return error;
    throw error;
  }
  throw new Error(`${text} was read without a problem`);
};

const someName = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,8}$/);
const someText = fc
  .array(fc.oneof(fc.constantFrom('{', '}', '{{', '}}', '/', '"', '$', ' '), fc.string({ minLength: 1 })), {
    minLength: 1,
  })
  .map((pieces) => pieces.join(''));
const somePart: fc.Arbitrary<TemplatePart> = fc.oneof(
  someText.map((text) => ({ kind: 'text' as const, text })),
  someName.map((name) => ({ kind: 'variable' as const, name })),
  fc.constant({ kind: 'generator' as const, name: 'uuid', args: [] }),
  fc
    .array(fc.stringMatching(/^[a-z0-9:/.-]{1,6}$/), { minLength: 1, maxLength: 3 })
    .map((args) => ({ kind: 'generator' as const, name: 'randomItem', args })),
);

/** As `parseTemplate` gives them: no two texts in a row. */
const joined = (parts: readonly TemplatePart[]): readonly TemplatePart[] => {
  const all: TemplatePart[] = [];
  for (const part of parts) {
    const last = all.at(-1);
    if (part.kind === 'text' && last?.kind === 'text')
      all.splice(-1, 1, { kind: 'text', text: last.text + part.text });
    else all.push(part);
  }
  return all;
};

describe('a template', () => {
  it.each<[string, readonly TemplatePart[]]>([
    ['', []],
    ['plain }} text { here', [{ kind: 'text', text: 'plain }} text { here' }]],
    ['{{id}}', [{ kind: 'variable', name: 'id' }]],
    [
      '/p/{{ id }}/x',
      [
        { kind: 'text', text: '/p/' },
        { kind: 'variable', name: 'id' },
        { kind: 'text', text: '/x' },
      ],
    ],
    [
      '{{a}}{{b.c-d_1}}',
      [
        { kind: 'variable', name: 'a' },
        { kind: 'variable', name: 'b.c-d_1' },
      ],
    ],
    ['{{{{id}}', [{ kind: 'text', text: '{{id}}' }]],
    [
      '{{{key}}: 1}',
      [
        { kind: 'text', text: '{' },
        { kind: 'variable', name: 'key' },
        { kind: 'text', text: ': 1}' },
      ],
    ],
    [
      '{{{{{{id}}',
      [
        { kind: 'text', text: '{{' },
        { kind: 'variable', name: 'id' },
      ],
    ],
    ['{{$uuid}}', [{ kind: 'generator', name: 'uuid', args: [] }]],
    ['{{ $randomInt  -5 6 }}', [{ kind: 'generator', name: 'randomInt', args: ['-5', '6'] }]],
  ])('reads %j', (text, parts) => {
    expect(parseTemplate(text)).toEqual(parts);
  });

  it.each([
    ['/p/{{id', 3, 'never closed'],
    ['a {{}} b', 2, 'name is missing'],
    ['{{   }}', 0, 'name is missing'],
    ['{{1st}}', 0, 'not a variable name'],
    ['{{a b}}', 0, 'not a variable name'],
    ['x{{{{ {{a{{b}}', 6, 'not a variable name'],
    ['{{$nope}}', 0, 'not a generator'],
    ['{{$toString}}', 0, 'not a generator'],
    ['{{$uuid 4}}', 0, 'no arguments'],
    ['{{$randomInt 1}}', 0, 'two whole numbers'],
    ['{{$randomInt 6 1}}', 0, '6 is greater than 1'],
    ['{{$randomInt 1 2.5}}', 0, 'two whole numbers'],
    ['{{$randomString 0}}', 0, 'from 1 to 10000'],
    ['{{$randomString 99999999}}', 0, 'from 1 to 10000'],
    ['{{$randomItem}}', 0, 'at least one word'],
    ['{{$randomItem "a"}}', 0, 'no quotes'],
  ])('refuses %j and says where', (text, offset, message) => {
    const problem = problemOf(text);
    expect(problem.offset).toBe(offset);
    expect(problem.message).toContain(message);
  });

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.array(somePart, { maxLength: 6 }).map(joined), (parts) => {
        expect(parseTemplate(formatTemplate(parts))).toEqual(parts);
      }),
      { numRuns: 1000 },
    );
  });

  it('is read or refused, whatever it is', () => {
    fc.assert(
      fc.property(someText, (text) => {
        try {
          expect(parseTemplate(formatTemplate(parseTemplate(text)))).toEqual(parseTemplate(text));
        } catch (error) {
          expect(error).toBeInstanceOf(TemplateProblem);
        }
      }),
    );
  });
});

describe('a generator', () => {
  const draws = fc.integer({ min: 0, max: 0xffff_ffff });

  it('makes UUIDs shaped as version 4, the same for the same stream', () => {
    fc.assert(
      fc.property(draws, (seed) => {
        const uuid = generateValue('uuid', [], seededRandom(seed));
        expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(generateValue('uuid', [], seededRandom(seed))).toBe(uuid);
      }),
    );
  });

  it('draws whole numbers with both ends included', () => {
    fc.assert(
      fc.property(
        fc.maxSafeInteger(),
        fc.nat(),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (min, span, drawn) => {
          const max = Math.min(Number.MAX_SAFE_INTEGER, min + span);
          const value = Number(generateValue('randomInt', [String(min), String(max)], () => drawn));
          expect(Number.isSafeInteger(value)).toBe(true);
          expect(value >= min && value <= max).toBe(true);
        },
      ),
    );
    const random = seededRandom(1);
    const drawn = new Set(Array.from({ length: 200 }, () => generateValue('randomInt', ['1', '6'], random)));
    expect([...drawn].toSorted()).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  it('draws strings of the length asked for, and one of the words given', () => {
    const random = seededRandom(2);
    expect(generateValue('randomString', ['40'], random)).toMatch(/^[0-9A-Za-z]{40}$/);
    const drawn = new Set(
      Array.from({ length: 100 }, () => generateValue('randomItem', ['a', 'b', 'c'], random)),
    );
    expect([...drawn].toSorted()).toEqual(['a', 'b', 'c']);
  });

  it('tells the time in milliseconds and in ISO form', () => {
    expect(generateValue('now', [], Math.random)).toMatch(/^\d{13}$/);
    expect(generateValue('isoTime', [], Math.random)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('says how it is written', () => {
    for (const [name, { usage, summary }] of Object.entries(generators)) {
      expect(usage).toMatch(new RegExp(`^\\$${name}( |$)`));
      expect(summary).not.toBe('');
    }
    expect(() => generateValue('nope', [], Math.random)).toThrow(RangeError);
  });
});

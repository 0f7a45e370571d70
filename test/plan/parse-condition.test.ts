import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCondition } from '../../src/plan/parse-condition.ts';
import { formatTemplate, parseTemplate, type TemplatePart } from '../../src/plan/template.ts';

const parse = (text: string) => parseCondition(parseTemplate(text));

const someText = fc
  .string({ unit: fc.constantFrom('a', 'Z', '0', ' ', '=', '!', '{', '}', "'", '-', 'é'), maxLength: 12 })
  .filter((text) => !/\s(==|!=)\s/.test(` ${text} `) && text.trim() !== "''" && !text.endsWith('{'));

const someParts: fc.Arbitrary<readonly TemplatePart[]> = fc.array(
  fc.oneof(
    someText.filter((text) => text !== '').map((text): TemplatePart => ({ kind: 'text', text })),
    fc.constantFrom('state', 'id', 'a.b').map((name): TemplatePart => ({ kind: 'variable', name })),
    fc
      .constantFrom('==', '!=', 'b')
      .map((arg): TemplatePart => ({ kind: 'generator', name: 'randomItem', args: ['x', arg] })),
  ),
  { maxLength: 4 },
);

/** A side as it comes back: templates spelled in one way, without blanks around them. */
const normal = (side: readonly TemplatePart[]): string =>
  formatTemplate(parseTemplate(formatTemplate(side))).trim();

const isSide = (side: readonly TemplatePart[]): boolean =>
  side.every((part, index) => part.kind !== 'text' || side[index + 1]?.kind !== 'text') &&
  normal(side) !== "''" &&
  !/\s(==|!=)\s/.test(` ${side.map((part) => (part.kind === 'text' ? part.text : '.')).join('')} `);

describe('the condition of a loop', () => {
  it.each([
    ['{{state}} != ready', '{{state}}', '!=', 'ready'],
    ['{{ state }}==x == {{x}}', '{{state}}==x', '==', '{{x}}'],
    ['pre-{{a}}-post == b c', 'pre-{{a}}-post', '==', 'b c'],
    ["{{next}} != ''", '{{next}}', '!=', ''],
    ["'' == {{next}}", '', '==', '{{next}}'],
    ['{{next}} !=', '{{next}}', '!=', ''],
    ['== {{next}}', '', '==', '{{next}}'],
    ['{{a}} == b != c', '{{a}}', '==', 'b != c'],
    ['{{$randomItem a == b}} != c', '{{$randomItem a == b}}', '!=', 'c'],
    ['{{{{ == {{a}}', '{{{{', '==', '{{a}}'],
    ['{{a}} == {{b}}', '{{a}}', '==', '{{b}}'],
  ])('reads %s', (text, left, comparison, right) => {
    expect(parse(text)).toEqual({ kind: 'condition', left, comparison, right });
  });

  it.each(['', '{{state}}', '{{a}}==b', '{{a}} = b', '{{a}} < 3', '{{$randomItem a == b}}'])(
    'refuses %j, which compares nothing',
    (text) => {
      expect(parse(text)).toMatchObject({
        kind: 'problem',
        expected: expect.stringContaining('LEFT == RIGHT'),
      });
    },
  );

  it.each(["'' == ''", 'a != b', '{{{{a}} == b'])('refuses %j, which never changes', (text) => {
    expect(parse(text)).toMatchObject({ kind: 'problem', expected: expect.stringContaining('can change') });
  });

  it('is split where its two sides were joined', () => {
    fc.assert(
      fc.property(
        someParts.filter(isSide),
        fc.constantFrom('==' as const, '!=' as const),
        someParts.filter(isSide),
        (left, comparison, right) => {
          fc.pre([...left, ...right].some(({ kind }) => kind !== 'text'));
          const text = `${formatTemplate(left)} ${comparison} ${formatTemplate(right)}`.trim();
          expect(parse(text)).toEqual({
            kind: 'condition',
            left: normal(left),
            comparison,
            right: normal(right),
          });
        },
      ),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkRegex } from '../../../src/logs/asking/check-regex.ts';

describe('a regex that can be asked for', () => {
  it.each(
    [
      'ERROR|WARN',
      '^GET /products/[0-9]+ 5\\d\\d',
      '(?i)timeout',
      '(?:a|b)+?c',
      'a{2,5}',
      '\\{',
      '[^"\\]]*',
      '[[:alpha:]]+',
      '\\p{L}\\p{Lu}',
      '\\bword\\b',
      '日本',
      '(a)(b)',
      '(?i:x)y',
      '(?i)(a)',
      '\\x41',
      '[a-z\\d-]',
      '\\.',
      '',
    ].slice(0, -1),
  )('is %s', (pattern) => {
    expect(() => checkRegex(pattern)).not.toThrow();
  });

  it.each([
    ['', 'is empty'],
    ['a(?=b)', 'look-ahead (?=…) (character 2)'],
    ['(?!b)', 'look-ahead'],
    ['(?<=a)b', 'look-behind'],
    ['(?<!a)b', 'look-behind'],
    ['(?>a)', 'atomic'],
    ['(?<name>a)', 'named group'],
    ['(?P<name>a)', 'named group'],
    ['(?s).', 'a group that only some engines know'],
    ['(?m)^a', 'a group that only some engines know'],
    ['(a)\\1', 'back-reference'],
    ['\\k<a>', 'back-reference'],
    ['a*+', 'possessive'],
    ['a{2}+', 'possessive'],
    ['a**', 'repeats what is repeated already'],
    ['*a', '* after nothing'],
    ['(?i)+a', '+ after nothing'],
    ['(*a)', '* after nothing'],
    ['a|+', '+ after nothing'],
    ['a{,5}', 'a { that is no count'],
    ['a{1001}', 'more often than 1000'],
    ['a{5,2}', 'end comes before'],
    ['[a[b]]', 'a [ in a set'],
    ['[a&&b]', '&& in a set'],
    ['[]a]', 'begins with ]'],
    ['[^]', 'begins with ]'],
    ['[a', 'not closed'],
    ['[b-a]', 'the range b-a'],
    ['[\\d-z]', 'the range'],
    ['[a-\\w]', 'the range'],
    ['(a', '( that is not closed'],
    ['a)', 'closes nothing'],
    ['a]', '] of its own'],
    ['\\Qa\\E', '\\Q'],
    ['\\h', '\\h'],
    ['\\Z', '\\Z'],
    ['\\p{Greek}', '\\p'],
    ['a\\', 'ends with a backslash'],
    ['x'.repeat(501), 'may have 500'],
    ['\0', 'a character that is none'],
  ])('is not %s', (pattern, why) => {
    expect(() => checkRegex(pattern)).toThrow(why);
  });

  it('is one to every engine that is at hand here, too', () => {
    const part = fc.constantFrom(
      'a',
      'é',
      '.',
      '^',
      '$',
      '|',
      '(',
      ')',
      '(?:',
      '(?i:',
      '[',
      ']',
      '[^',
      '-',
      '*',
      '+',
      '?',
      '{2}',
      '{2,}',
      '{2,3}',
      '{',
      '}',
      '\\d',
      '\\b',
      '\\',
      '\\.',
      '&&',
      '1',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 10 }), (parts) => {
        const pattern = parts.join('');
        try {
          checkRegex(pattern);
        } catch {
          return;
        }
        expect(
          () => new RegExp(pattern.replaceAll('(?i:', '(?:').replace(/\\[^\w]/g, '\\.'), 'u'),
        ).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });
});

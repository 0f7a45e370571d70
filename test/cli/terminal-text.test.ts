import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonText, oneLine, terminalText } from '../../src/cli/render/terminal-text.ts';

describe('text of others in a terminal', () => {
  it.each([
    ['a colour', '\u001b[1;31mbad\u001b[0m', 'bad'],
    ['a colour in one character', '\u009b31mbad', 'bad'],
    ['the clipboard', 'a\u001b]52;c;cm0gLXJm\u0007b', 'ab'],
    ['a title', '\u001b]0;owned\u001b\\b', 'b'],
    ['a link', '\u001b]8;;http://a\u0007text\u001b]8;;\u0007', 'text'],
    ['a line written over', 'paid 10\rpaid 99', 'paid 10 paid 99'],
    ['something deleted', 'secret\u0008\u0008', 'secret '],
    ['a sequence without an end, which hides nothing', 'a\u001b]0;b c', 'a ]0;b c'],
    ['another kind of sequence', 'a\u001bPq\u001b\\b', 'a Pq \\b'],
    ['text turned around', 'a\u202eb', 'a b'],
    ['indentation', '\tat x\n  at y', '\tat x\n  at y'],
  ])('cannot do %s', (_, text, shown) => {
    expect(terminalText(text)).toBe(shown);
  });

  it('never has a control character but line breaks and tabs', () => {
    const any = fc.string({
      unit: fc.constantFrom(...'\u001b\u009b\u009d\u009c\u0007\r\n\t[]\\;mP0a\u007f'),
    });
    fc.assert(
      fc.property(any, (text) => {
        expect(terminalText(text)).not.toMatch(/(?![\n\t])\p{Cc}/u);
        expect(oneLine(text, true)).not.toMatch(/(?!\t)\p{Cc}/u);
        expect(oneLine(text, false)).not.toContain('\n');
        expect(jsonText(text)).not.toMatch(/\p{Cc}/u);
        expect(JSON.parse(jsonText(text))).toBe(text);
      }),
    );
  });

  it('takes time in proportion to its length', () => {
    for (const part of ['\u001b[', '\u001b]8;', '\u001b[;', '\u009d', '\u001b]\u001b'])
      expect(terminalText(part.repeat(500_000)).length).toBeLessThan(3_000_000);
    expect(terminalText(`\u001b[${';'.repeat(2_000_000)}`)).toHaveLength(2_000_002);
  });
});

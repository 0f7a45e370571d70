import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRows, readRows } from '../../src/plan/read-rows.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a data file', () => {
  it.each([
    ['line feeds', 'user,mail\na,1\nb,2\n'],
    ['carriage returns', 'user,mail\r\na,1\r\nb,2\r\n'],
    ['a byte order mark', '\uFEFFuser,mail\na,1\nb,2'],
    ['spaces around column names', ' user , mail\na,1\nb,2'],
    ['blank lines', '\nuser,mail\n\na,1\n\nb,2\n\n'],
    ['quotes', '"user","mail"\n"a","1"\nb,"2"'],
  ])('is read with %s', (_, text) => {
    expect(readRows(bytes(text))).toEqual([
      { user: 'a', mail: '1' },
      { user: 'b', mail: '2' },
    ]);
  });

  it('keeps values as written, spaces, quoted commas and line breaks too', () => {
    expect(readRows(bytes('a,b\n" x,""y""",  2 \n"1\n2",'))).toEqual([
      { a: ' x,"y"', b: '  2 ' },
      { a: '1\n2', b: '' },
    ]);
  });

  it.each([
    ['', 'it is empty'],
    ['\n\n', 'it is empty'],
    ['user,mail\n', 'at least one row'],
    ['user,,mail\na,b,c', 'column 2 has none'],
    ['user,user\na,b', '"user" is there twice'],
    ['user,mail\na,1\nb\n', 'line 3 has 1'],
    ['user,mail\na,1,x\n', 'line 2 has 3'],
    ['user,mail\n"a,1\n', 'well-formed CSV'],
  ])('is refused as %j', (text, expected) => {
    const parsed = parseRows(bytes(text));
    expect(parsed.kind === 'problem' && parsed.expected).toContain(expected);
    expect(() => readRows(bytes(text))).toThrow(/data file/);
  });

  it('is refused when it is not UTF-8', () => {
    expect(parseRows(Uint8Array.of(0x61, 0x0a, 0xff, 0xfe))).toMatchObject({ kind: 'problem' });
  });

  it('gives back what was written, for any values', () => {
    const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`;
    const cell = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (cells) => {
        const lines = cells.map((row) => row.map(quoted).join(','));
        const rows = readRows(bytes(['a,b', ...lines].join('\n')));
        expect(rows).toEqual(cells.map(([a, b]) => ({ a, b })));
      }),
    );
  });
});

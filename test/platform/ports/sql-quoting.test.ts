import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteIdentifier, sqlLiteral } from '../../../src/platform/ports/sql-quoting.ts';

const hostile = fc.string({
  unit: fc.constantFrom('"', "'", ';', '--', '/*', '\\', '\n', '\0', 'a', 'ö', '😀', '\u2019', '`'),
});

describe('quoting', () => {
  it('makes one name and one text of anything', () => {
    fc.assert(
      fc.property(hostile, (anything) => {
        const [name, text] = [quoteIdentifier(anything), sqlLiteral(anything)];
        expect(name.slice(1, -1).replaceAll('""', '')).not.toContain('"');
        expect(text.slice(1, -1).replaceAll("''", '')).not.toContain("'");
        expect([name.slice(1, -1).replaceAll('""', '"'), text.slice(1, -1).replaceAll("''", "'")]).toEqual([
          anything,
          anything,
        ]);
      }),
    );
    expect([quoteIdentifier('a"; DROP TABLE x; --'), sqlLiteral("it's")]).toEqual([
      '"a""; DROP TABLE x; --"',
      "'it''s'",
    ]);
  });
});

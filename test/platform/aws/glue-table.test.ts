import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyPartitionError, isMissingEntity } from '../../../src/platform/aws/glue-failure.ts';
import { parseTable, partitionInput, tableInput } from '../../../src/platform/aws/glue-table.ts';
import {
  type CatalogEntry,
  type CatalogTable,
  catalogMark,
} from '../../../src/platform/ports/log-catalog.ts';

const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,20}$/);
const columns = fc.array(
  fc.record({
    name,
    type: fc.constantFrom('string', 'int', 'bigint', 'double', 'boolean', 'timestamp'),
  } as const),
);
const parameters = fc
  .dictionary(
    fc.stringMatching(/^(stormdrain|projection|storage)\.[a-z.]{1,10}$/),
    fc.string({ unit: 'binary' }),
    { noNullPrototype: true },
  )
  .map((some) => ({ ...some, [catalogMark]: '1' }));
const table = fc.record({
  kind: fc.constant('table' as const),
  name,
  format: fc.constantFrom('lines' as const, 'parquet' as const),
  location: fc.string({ unit: 'binary' }).map((folder) => `s3://bucket/${folder}/`),
  columns,
  partitionColumns: columns,
  parameters,
});
const view = fc.record({
  kind: fc.constant('view' as const),
  name,
  // What is half a character has no UTF-8.
  sql: fc.string({ unit: 'grapheme' }),
  columns,
  parameters,
});
const entry: fc.Arbitrary<CatalogEntry> = fc.oneof(table, view);

const raw: CatalogTable = {
  kind: 'table',
  name: 'shop_app_raw',
  format: 'lines',
  location: 's3://bucket/logs/shop/app/',
  columns: [{ name: 'line', type: 'string' }],
  partitionColumns: [{ name: 'year', type: 'int' }],
  parameters: { [catalogMark]: '1' },
};

describe('an entry in Glue', () => {
  it('is read back as it was written, whatever Glue and Athena add to it', () => {
    fc.assert(
      fc.property(entry, (wanted) => {
        const input = tableInput(wanted, 'logs');
        const kept = {
          ...input,
          Name: wanted.name,
          CreateTime: new Date(0),
          Parameters: { ...input.Parameters, transient_lastDdlTime: '1', CreatedByJob: 'x' },
        };
        expect(parseTable(kept)).toEqual(wanted);
      }),
    );
  });

  it("isn't ours without the mark", () => {
    const input = tableInput(raw, 'logs');
    expect(parseTable({ ...input, Name: 'a', Parameters: { EXTERNAL: 'TRUE' } })).toBeUndefined();
    expect(parseTable({ Name: 'a' })).toBeUndefined();
  });

  it.each(['', '/* Presto View: %%% */', '/* Presto View: bm8= */', 'SELECT 1'])(
    'is a view without SQL when somebody else has written "%s"',
    (ViewOriginalText) => {
      const written = {
        Name: 'a',
        TableType: 'VIRTUAL_VIEW',
        Parameters: { [catalogMark]: '1' },
        ViewOriginalText,
      };
      expect(parseTable(written)).toMatchObject({ kind: 'view', sql: '', columns: [] });
    },
  );

  it('differs when somebody has changed the type of a column to one that we never write', () => {
    const input = tableInput(raw, 'logs');
    const StorageDescriptor = {
      ...input.StorageDescriptor,
      Columns: [{ Name: 'line', Type: 'map<string,int>' }],
    };
    expect(parseTable({ ...input, Name: 'a', StorageDescriptor })).toMatchObject({ columns: [] });
  });

  it('of lines has a delimiter and a null that no line contains', () => {
    for (const input of [
      tableInput(raw, 'logs'),
      partitionInput(raw, { values: ['2026'], location: 's3://a/' }),
    ])
      expect(input.StorageDescriptor?.SerdeInfo?.Parameters).toEqual({
        'field.delim': '\n',
        'serialization.null.format': '\n',
      });
  });

  it('refuses a view that Glue would not take', () => {
    const long = { kind: 'view', name: 'a', columns: [], parameters: {}, sql: 'x'.repeat(310_000) } as const;
    expect(() => tableInput(long, 'logs')).toThrow(expect.objectContaining({ name: 'CatalogRefused' }));
  });
});

describe('a partition that Glue did not make or remove', () => {
  it.each([
    ['AlreadyExistsException', 'exists'],
    ['EntityNotFoundException', 'missing'],
    ['InternalServiceException', 'passing'],
    ['OperationTimeoutException', 'passing'],
    ['ConcurrentModificationException', 'passing'],
    ['ThrottlingException', 'passing'],
    ['InvalidInputException', 'refused'],
    ['GlueEncryptionException', 'refused'],
    [undefined, 'refused'],
  ] as const)('%s: %s', (code, cause) => {
    expect(classifyPartitionError(code)).toBe(cause);
  });
});

describe('an entity that is not there', () => {
  const failure = (text: string) =>
    ({ kind: 'refused', name: 'EntityNotFoundException', status: 400, attempts: 1, text }) as const;

  it.each([
    ['EntityNotFoundException: Database logs not found. (request 1)', false],
    ['EntityNotFoundException: Table database_raw not found. (request 1)', true],
    ['EntityNotFoundException: Entity Not Found (request 1)', true],
  ])('%s', (text, isMissing) => {
    expect(isMissingEntity(failure(text))).toBe(isMissing);
  });
});

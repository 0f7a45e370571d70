import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCell, parseColumn } from '../../../src/platform/aws/athena-cells.ts';
import { classifyExecution } from '../../../src/platform/aws/athena-status.ts';
import { executionParameters } from '../../../src/platform/aws/execution-parameters.ts';

const failed = (StateChangeReason: string, error: { ErrorCategory?: number; Retryable?: boolean } = {}) =>
  classifyExecution({
    Status: { State: 'FAILED', StateChangeReason, AthenaError: { ErrorCategory: 2, ...error } },
    Statistics: { DataScannedInBytes: 7 },
  });

const object = 's3://bucket/logs/shop/app/year=2026/month=01/day=05/120000-a.gz';

describe('a query that failed', () => {
  it.each([
    // The first as Trino says it of a gzip that ends early, below 8 MB.
    [
      `HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split ${object} (offset=0, length=18614): Unexpected end of ZLIB input stream`,
    ],
    [`HIVE_CURSOR_ERROR: Failed to read file at ${object}`],
    [`HIVE_CURSOR_ERROR: Failed to read file at ${object}.`],
    [
      `HIVE_CURSOR_ERROR: Failed to read Parquet file: ${object}. If a data manifest file was generated at 's3://results/1-manifest.csv', you may need to manually clean the data.`,
    ],
    [
      `HIVE_BAD_DATA: Error opening Hive split ${object} (offset=0, length=1): incorrect header check. This query ran against the "logs" database, unless qualified by the query.`,
    ],
  ])('names the object that can not be read: %s', (reason) => {
    expect(failed(reason)).toMatchObject({ kind: 'failed', cause: 'object', object, scannedBytes: 7 });
  });

  it.each([
    [
      `HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split ${object} (offset=0, length=1): Please reduce your request rate. (Service: Amazon S3; Status Code: 503; Error Code: SlowDown)`,
    ],
    [
      `HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split ${object} (offset=0, length=1): The specified key does not exist. (Service: Amazon S3; Status Code: 404; Error Code: NoSuchKey)`,
    ],
    [`HIVE_CURSOR_ERROR: Error reading from ${object} at position 4352858`],
  ])('is the fault of the engine when S3 did not give it: %s', (reason) => {
    expect(failed(reason)).toMatchObject({ cause: 'engine' });
  });

  it('is the fault of whoever asks when the object may not be read', () => {
    const reason = `HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split ${object}: Access Denied (Service: Amazon S3; Status Code: 403)`;
    expect(failed(reason)).toMatchObject({ cause: 'query' });
  });

  it.each([
    ['INTERNAL_ERROR_QUERY_ENGINE', { ErrorCategory: 1 }, 'engine'],
    ['Query exhausted resources at this scale factor', { Retryable: true }, 'engine'],
    ["COLUMN_NOT_FOUND: line 1:8: Column 'a' cannot be resolved", {}, 'query'],
    ["TABLE_NOT_FOUND: line 1:15: Table 'logs.failed_to_read' does not exist", {}, 'query'],
    ['Query timeout', { ErrorCategory: 3 }, 'query'],
    ['Bytes scanned limit was exceeded', {}, 'limit'],
  ] as const)('%s, %o: %s', (reason, error, cause) => {
    expect(failed(reason, error)).toEqual({ kind: 'failed', scannedBytes: 7, cause, message: reason });
  });

  it('says why without what Athena always appends', () => {
    const reason =
      'SYNTAX_ERROR: line 1:1: no. This query ran against the "logs" database, unless qualified by the query. Please post the error message on our forum  or contact customer support  with Query Id: 1';
    expect(failed(reason)).toMatchObject({ message: 'SYNTAX_ERROR: line 1:1: no.' });
  });

  it('has a message also when Athena gives no reason', () => {
    expect(classifyExecution({ Status: { State: 'FAILED' } })).toMatchObject({
      message: expect.stringMatching(/./),
    });
  });
});

describe('a query that is over or not', () => {
  it('is over its limit when its work group has cancelled it', () => {
    const Status = { State: 'CANCELLED', StateChangeReason: 'Bytes scanned limit was exceeded' } as const;
    expect(classifyExecution({ Status })).toMatchObject({ kind: 'failed', cause: 'limit' });
  });

  it('is cancelled when somebody has', () => {
    expect(classifyExecution({ Status: { State: 'CANCELLED' } })).toEqual({
      kind: 'cancelled',
      scannedBytes: 0,
    });
  });

  it.each(['QUEUED', 'RUNNING'] as const)('goes on while it is %s', (State) => {
    expect(classifyExecution({ Status: { State }, Statistics: { DataScannedInBytes: 5 } })).toEqual({
      kind: 'running',
      scannedBytes: 5,
    });
  });

  it('has scanned nothing when an older result is given again', () => {
    const Statistics = {
      DataScannedInBytes: 5,
      TotalExecutionTimeInMillis: 12,
      ResultReuseInformation: { ReusedPreviousResult: true },
    };
    expect(classifyExecution({ Status: { State: 'SUCCEEDED' }, Statistics })).toEqual({
      kind: 'succeeded',
      scannedBytes: 0,
      isReused: true,
      millis: 12,
    });
  });
});

describe('a cell', () => {
  const cell = (Type: string, text?: string, Precision = 3) =>
    parseCell(text === undefined ? {} : { VarCharValue: text }, parseColumn({ Name: 'c', Type, Precision }));

  it('keeps every digit of a whole number', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const given = cell('bigint', String(value));
        expect(String(given)).toBe(String(value));
        expect(typeof given).toBe(Number.isSafeInteger(Number(value)) ? 'number' : 'string');
      }),
    );
  });

  it('is an instant in UTC, whatever zone Athena shows it in', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
        fc.integer({ min: -14 * 60, max: 14 * 60 }),
        (at, offset) => {
          const there = new Date(at.getTime() + offset * 60_000).toISOString().replace('T', ' ').slice(0, 23);
          const two = (value: number) => String(Math.trunc(Math.abs(value))).padStart(2, '0');
          const zone = `${offset < 0 ? '-' : '+'}${two(offset / 60)}:${two(offset % 60)}`;
          expect(cell('timestamp with time zone', `${there} ${zone}`)).toBe(at.toISOString());
        },
      ),
    );
  });

  it.each([
    ['timestamp', '2026-11-21 22:33:44.123', '2026-11-21T22:33:44.123Z'],
    ['timestamp', '2026-11-21 22:33:44', '2026-11-21T22:33:44Z'],
    ['timestamp', '2026-11-21 22:33:44.123456', '2026-11-21T22:33:44.123456Z'],
    ['timestamp with time zone', '2026-11-21 22:33:44.123 UTC', '2026-11-21T22:33:44.123Z'],
    ['timestamp with time zone', '2026-11-21 22:33:44.5 +01:00', '2026-11-21T21:33:44.5Z'],
    [
      'timestamp with time zone',
      '2026-11-21 22:33:44.123 Europe/Berlin',
      '2026-11-21 22:33:44.123 Europe/Berlin',
    ],
    ['float', '1.5', 1.5],
    ['double', 'Infinity', 'Infinity'],
    ['decimal', '12.50', '12.50'],
    ['array', '[1, 2]', '[1, 2]'],
    ['json', '{"a":1}', '{"a":1}'],
    ['varchar', undefined, null],
    ['bigint', undefined, null],
  ] as const)('of type %s: %s', (type, text, expected) => {
    expect(cell(type, text)).toBe(expected);
  });

  it.each([
    [{ Name: 'c', Type: 'timestamp', Precision: 3, Scale: 0 }, 'timestamp(3)'],
    [{ Name: 'c', Type: 'timestamp with time zone', Precision: 3 }, 'timestamp(3) with time zone'],
    [{ Name: 'c', Type: 'decimal', Precision: 10, Scale: 2 }, 'decimal(10,2)'],
    [{ Name: 'c', Type: 'float' }, 'real'],
    [{ Name: 'c', Type: 'varchar', Precision: 2147483647 }, 'varchar'],
  ] as const)('is of a column %o: %s', (info, type) => {
    expect(parseColumn(info)).toEqual({ name: 'c', type });
  });
});

describe('a value of a query', () => {
  it('is one literal, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const [literal = ''] = executionParameters([text]);
        expect(literal).toMatch(/^'(?:[^']|'')*'$/);
        expect(literal.slice(1, -1).replaceAll("''", "'")).toBe(text);
      }),
    );
  });

  it('may have 1,024 characters as a literal', () => {
    expect(executionParameters(['x'.repeat(1_022), "'".repeat(511)])).toHaveLength(2);
    expect(() => executionParameters(['a', "'".repeat(512)])).toThrow(/Value 2 .* 1026 characters/);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('is no %d', (value) => {
    expect(() => executionParameters([value])).toThrow(expect.objectContaining({ name: 'QueryInvalid' }));
  });
});

import * as z from 'zod/mini';

/** Parts of the documents that go over the wire. Requests are strict; answers may grow, and readers keep what they don't know. */
export const count = z.int('expected a whole number').check(z.nonnegative('expected a whole number from 0'));
export const figure = z.number('expected a number');
export const text = z.string('expected text');
/** ISO 8601, UTC. */
export const instant = z.string('expected an instant such as 2026-01-31T10:20:30.000Z');

/** `20261121-093000-k7fq`. */
export const runIdField = z
  .string('expected a run id')
  .check(
    z.regex(
      /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/,
      'expected a run id such as 20260131-102030-k7fq: letters, digits and -',
    ),
  );

export const digestField = z
  .string('expected a SHA-256 digest')
  .check(z.regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 digest: 64 hexadecimal digits in lower case'));

export const uploadField = z
  .string('expected the key of an upload')
  .check(
    z.regex(/^uploads\/[0-9a-f]{64}$/, 'expected uploads/ and the SHA-256 digest in 64 hexadecimal digits'),
  );

export const workersField = z
  .int('expected a whole number from 1 to 1000')
  .check(
    z.minimum(1, 'expected a whole number from 1 to 1000'),
    z.maximum(1000, 'expected a whole number from 1 to 1000'),
  );

export const outcomeField = z.enum(['passed', 'failed', 'invalid', 'stopped', 'error']);

/** Milliseconds with microsecond resolution. */
export const latencyDocument = z.looseObject({
  p50: figure,
  p90: figure,
  p95: figure,
  p99: figure,
  p999: figure,
  max: figure,
  mean: figure,
});

/** Null where there was nothing to measure. */
export const latencyOrNull = z.nullable(latencyDocument);

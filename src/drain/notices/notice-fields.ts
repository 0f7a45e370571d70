import * as z from 'zod/mini';
import { expected } from '../../messages/message-fields.ts';

const instanceIdPattern = /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;

export const isInstanceId = (text: string): boolean => instanceIdPattern.test(text);

const anInstanceId = expected('the id of an EC2 instance ("i-" and 8 or 17 hexadecimal digits)');
export const instanceId = z.string(anInstanceId).check(z.regex(instanceIdPattern, anInstanceId));

const text = expected('a text');
/** Not empty. */
export const name = z.string(text).check(z.minLength(1, text));

const isoPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** RFC 1123; the day may have one digit. */
const httpDatePattern = /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|UTC)$/;

const instantLike = (what: string, ...patterns: readonly RegExp[]) => {
  const isInstant = (value: string): boolean =>
    patterns.some((pattern) => pattern.test(value)) && Number.isFinite(Date.parse(value));
  return z.pipe(
    z.string(expected(what)).check(z.refine(isInstant, expected(what))),
    z.transform((value: string) => Date.parse(value)),
  );
};

/** Milliseconds since the epoch. */
export const isoInstant = instantLike('an instant like "2026-11-21T09:31:00Z"', isoPattern);

/** Likewise, as AWS Health writes it. */
export const healthInstant = instantLike(
  'an instant like "Sat, 21 Nov 2026 09:31:00 GMT"',
  httpDatePattern,
  isoPattern,
);

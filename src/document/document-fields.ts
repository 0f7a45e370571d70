import * as z from 'zod';
import { oneOf } from './nearest-name.ts';
import { parseDuration } from './parse-quantity.ts';

/*
 * Kinds of field that documents of people are made of. Each carries what was expected in words, as its error message, and
 * turns what is written into what the compiled document holds.
 */

/** A mapping with these keys only. An unknown key gives one line of the message for each, in the order of `keys`. */
export const mapping = <Shape extends z.ZodRawShape>(what: string, shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? (issue.keys as readonly string[]).map((key) => oneOf(key, Object.keys(shape))).join('\n')
        : `${what}: a mapping with ${Object.keys(shape).join(', ')}`,
  });

export const text = (expected: string) => z.string({ error: expected }).trim().min(1, { error: expected });

export const whole = (expected: string, min: number, max: number) =>
  z
    .number({ error: expected })
    .int({ error: expected })
    .min(min, { error: expected })
    .max(max, { error: expected });

export const flag = (expected: string) => z.boolean({ error: `true or false: ${expected}` });

/** A text that `parse` turns into a value, or refuses by returning undefined. */
export const parsed = <Output>(expected: string, parse: (written: string) => Output | undefined) =>
  z.string({ error: expected }).transform((written, context) => {
    const value = parse(written);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });

/** As `parsed`; what it means may be written as a plain number too. */
export const parsedNumber = <Output>(
  expected: string,
  parse: (written: string | number) => Output | undefined,
) =>
  z.union([z.number(), z.string()], { error: expected }).transform((written, context) => {
    const value = parse(written);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });

export const between = (value: number | undefined, min: number, max: number): number | undefined =>
  value !== undefined && value >= min && value <= max ? value : undefined;

/** A duration in seconds. */
export const duration = (
  expected: string,
  min: number,
  max: number,
  isFit: (seconds: number) => boolean = () => true,
) =>
  parsed(expected, (written) => {
    const seconds = between(parseDuration(written), min, max);
    return seconds !== undefined && isFit(seconds) ? seconds : undefined;
  });

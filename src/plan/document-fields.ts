import * as z from 'zod';
import { oneOf } from '../document/nearest-name.ts';
import {
  parseDuration,
  parseDurationMillis,
  parseDurationRange,
  parseFraction,
  parseRamp,
} from '../document/parse-quantity.ts';

/*
 * The kinds of field a plan document is made of. Each carries what was expected in words, as its error message, and
 * turns what is written into what the compiled plan holds. Templates are only text here: they are read when the plan
 * is compiled, where it is known which variables there are.
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

/** A text, number or true/false where a template may stand, as text. */
export const scalarText = (expected: string) =>
  z.union([z.string(), z.number(), z.boolean()], { error: expected }).transform(String);

export const flag = (expected: string) => z.boolean({ error: `true or false: ${expected}` });

export const jsonValue = z.json({ error: 'a JSON value' });

/** A source text that `parse` turns into a value, or refuses by returning undefined. */
const parsed = <Output>(expected: string, parse: (written: string) => Output | undefined) =>
  z.string({ error: expected }).transform((written, context) => {
    const value = parse(written);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });

const between = (value: number | undefined, min: number, max: number): number | undefined =>
  value !== undefined && value >= min && value <= max ? value : undefined;

/** A duration of up to an hour, in milliseconds. */
export const durationMillis = (expected: string) =>
  parsed(expected, (written) => between(parseDurationMillis(written), 0, 3_600_000));

/** A duration in seconds. */
export const duration = (expected: string, min: number, max: number) =>
  parsed(expected, (written) => between(parseDuration(written), min, max));

export const durationRange = (expected: string, max: number) =>
  parsed(expected, (written) => {
    const range = parseDurationRange(written);
    return range !== undefined && range.maxSeconds <= max ? range : undefined;
  });

/** A number or `from to to`. Numbers may come as text, because a variable may have been put in. */
export const ramp = (expected: string, max: number, isFit: (value: number) => boolean = () => true) =>
  z.union([z.number(), z.string()], { error: expected }).transform((written, context) => {
    const value = parseRamp(written);
    if (value !== undefined && [value.from, value.to].every((end) => end <= max && isFit(end))) return value;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });

export const fraction = (expected: string) =>
  z.union([z.number(), z.string()], { error: expected }).transform((written, context) => {
    const value = parseFraction(written);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });

/** The source of a regular expression. */
export const regex = (expected: string) =>
  z.string({ error: expected }).superRefine((source, context) => {
    try {
      new RegExp(source);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      context.addIssue({ code: 'custom', message: `${expected} (${reason})` });
    }
  });

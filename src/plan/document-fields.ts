import * as z from 'zod';
import { between, parsed, parsedNumber } from '../document/document-fields.ts';
import {
  parseDurationMillis,
  parseDurationRange,
  parseFraction,
  parseRamp,
} from '../document/parse-quantity.ts';

/*
 * The kinds of field of plan documents only, beside those of all documents. Templates are only text here: they are read when
 * the plan is compiled, where it is known which variables there are.
 */

/** A text, number or true/false where a template may stand, as text. */
export const scalarText = (expected: string) =>
  z.union([z.string(), z.number(), z.boolean()], { error: expected }).transform(String);

export const jsonValue = z.json({ error: 'a JSON value' });

/** A duration of up to an hour, in milliseconds. */
export const durationMillis = (expected: string) =>
  parsed(expected, (written) => between(parseDurationMillis(written), 0, 3_600_000));

export const durationRange = (expected: string, max: number) =>
  parsed(expected, (written) => {
    const range = parseDurationRange(written);
    return range !== undefined && range.maxSeconds <= max ? range : undefined;
  });

/** A number or `from to to`. Numbers may come as text, because a variable may have been put in. */
export const ramp = (expected: string, max: number, isFit: (value: number) => boolean = () => true) =>
  parsedNumber(expected, (written) => {
    const value = parseRamp(written);
    return value !== undefined && [value.from, value.to].every((end) => end <= max && isFit(end))
      ? value
      : undefined;
  });

export const fraction = (expected: string) => parsedNumber(expected, parseFraction);

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

import * as z from 'zod';
import { between, parsed, parsedNumber, text } from '../../document/document-fields.ts';
import { parseDurationRange } from '../../document/parse-quantity.ts';

/*
 * The kinds of field of scaling policies only, beside those of all documents: they turn what is written into what the
 * compiled policy holds, which is seconds, percent, CPU units, MiB.
 */

/** A mapping of the names of one thing (a service) to what is said of each. */
export const named = <Value extends z.ZodType>(one: string, value: Value, most: number) =>
  z
    .record(nameField(`the name of ${one}`), value, { error: `a mapping, each key the name of ${one}` })
    .refine((entries) => Object.keys(entries).length <= most, { error: `at most ${most} of them` });

/** A text that is no longer than what it names can be. */
export const shortText = (expected: string, longest = 1000) =>
  text(expected).max(longest, { error: `${expected}, of at most ${longest} characters` });

/** For what every object has by that name, and which would be found where nothing was stored. */
export const otherName = 'another name: this one has a meaning in JavaScript';

/** Letters, digits, - and _, as AWS has it for clusters and services. */
export const nameField = (expected: string) => {
  const error = `${expected}: letters, digits, - and _`;
  return z
    .string({ error })
    .regex(/^[\w-]{1,255}$/, { error })
    .refine((name) => !(name in {}), { error: otherName });
};

export const positive = (expected: string, max = 1e15) =>
  z.number({ error: expected }).positive({ error: expected }).max(max, { error: expected });

/** `90s`, or `90s to 150s`; in seconds. */
export const durationRange = (expected: string, max: number) =>
  parsed(expected, (written): readonly [number, number] | undefined => {
    const range = parseDurationRange(written);
    return range !== undefined && range.maxSeconds <= max ? [range.minSeconds, range.maxSeconds] : undefined;
  });

const decimal = /^\d+(\.\d+)?$/;

const numberOf = (written: string): number | undefined =>
  decimal.test(written) ? Number(written) : undefined;

/** `80` or `80%`; the number of percent. */
export const percent = (expected: string, min: number, max: number) =>
  parsedNumber(expected, (written) => {
    const value = typeof written === 'number' ? written : numberOf(written.replace(/\s*%$/, ''));
    return between(value, min, max);
  });

const perSecond: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** `20/s`, `1200/m` or `72000/h`; a second. */
export const rate = (expected: string) =>
  parsed(expected, (written) => {
    const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*\/\s*(s|m|h)$/.exec(written.trim()) ?? [];
    const value = (numberOf(amount) ?? 0) / (perSecond[unit] ?? 1);
    return value > 0 && value <= 1e9 ? value : undefined;
  });

const sized = (expected: string, units: Readonly<Record<string, number>>, max: number) =>
  parsedNumber(expected, (written) => {
    const [, amount = '', unit = ''] = /^([\d.]+)\s*([A-Za-z]*)$/.exec(String(written).trim()) ?? [];
    const value = (numberOf(amount) ?? 0) * (units[unit] ?? Number.NaN);
    return value >= 1 && value <= max && Number.isInteger(value) ? value : undefined;
  });

/** ECS's units of CPU, or vCPUs: `512` or `0.5 vCPU`. */
export const cpuUnits = sized(
  'CPU: a whole number of units, 1024 a vCPU, such as 512, or as text 0.5 vCPU',
  { '': 1, vCPU: 1024 },
  1_000_000,
);

/** MiB, or GiB: `2048` or `2 GiB`. */
export const memoryMib = sized(
  'memory: a whole number of MiB such as 2048, or as text 2 GiB',
  { '': 1, MiB: 1, GiB: 1024 },
  100_000_000,
);

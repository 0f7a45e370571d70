import * as z from 'zod/mini';
import { expected } from '../../messages/message-fields.ts';

const aText = expected('a text of 1 to 300 characters');
export const text = z.string(aText).check(z.minLength(1, aText), z.maxLength(300, aText));

const aNumber = expected('a number from 0 to 10,000,000');
const isInRange = (value: number): boolean => value >= 0 && value <= 10_000_000;
const asNumber = (value: number | string): number =>
  typeof value === 'number' || /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;

/** Also as text, as task definitions have it. */
export const amount = z.pipe(
  z.union([z.number(), z.string()], aNumber).check(z.refine((value) => isInRange(asNumber(value)), aNumber)),
  z.transform(asNumber),
);

import * as z from 'zod/mini';
import { DocumentInvalidError } from '../../errors.ts';

export interface FastTickInput {
  /** When the execution began: its minute is over 60 s later. Milliseconds since the epoch. */
  readonly startedAtMillis: number;
}

const isInstant = (text: string): boolean => Number.isFinite(Date.parse(text));

/** `{ "startedAt": "2026-11-21T09:31:00.120Z" }` */
const fastTickInput = z.object({
  startedAt: z.string().check(z.refine(isInstant, 'not an instant: expected ISO 8601')),
});

/** The input of a state of fast-tick.asl.yml. Throws `DocumentInvalid`. */
export const parseFastTickInput = (input: unknown): FastTickInput => {
  const parsed = fastTickInput.safeParse(input);
  if (parsed.success) return { startedAtMillis: Date.parse(parsed.data.startedAt) };
  throw new DocumentInvalidError(`The state's input is wrong: ${z.prettifyError(parsed.error)}`);
};

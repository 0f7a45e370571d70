import * as z from 'zod/mini';
import { DocumentInvalidError } from '../../errors.ts';
import type { DrainStepInput } from './drain-step.ts';

const stepInput = z.object({
  cluster: z.string().check(z.minLength(1)),
  generation: z.int().check(z.positive()),
});

/** What drain-cluster.asl.yml hands its state: the cluster's name and the generation. Throws `DocumentInvalid`. */
export const parseStepInput = (input: unknown): DrainStepInput => {
  const parsed = stepInput.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new DocumentInvalidError(`The step's input is wrong: ${z.prettifyError(parsed.error)}`);
};

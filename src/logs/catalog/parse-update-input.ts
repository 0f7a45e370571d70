import * as z from 'zod/mini';
import { DocumentInvalidError } from '../../errors.ts';
import type { UpdateRequest } from './update-partitions.ts';
import { updateReport } from './update-report.ts';

/** `{ "request": { "isThorough": true }, "update": { "after": "shop_app", "report": { … } } }` */
const updateInput = z.object({
  /** What the execution was started with. */
  request: z.object({ isThorough: z.optional(z.boolean()) }),
  /** What the state answered the last time. */
  update: z.object({ after: z.optional(z.string()), report: z.optional(updateReport) }),
});

/** The input of the state of update-partitions.asl.yml. Throws `DocumentInvalid`. */
export const parseUpdateInput = (input: unknown): UpdateRequest => {
  const parsed = updateInput.safeParse(input);
  if (!parsed.success)
    throw new DocumentInvalidError(`The state's input is wrong: ${z.prettifyError(parsed.error)}`);
  const { request, update } = parsed.data;
  return { isThorough: request.isThorough ?? false, after: update.after, report: update.report };
};

import * as z from 'zod/mini';

const runId = z.string().check(z.regex(/^[A-Za-z0-9-]{1,36}$/));

/** What the states of load-test-run.asl.yml hand to their functions. */
export const runInput = z.object({ runId });

export const observeInput = z.object({
  runId,
  observation: z.object({ rollup: z.optional(z.int()) }),
});

export const failureInput = z.object({
  runId,
  /** Step Functions leaves the cause out, or empty, when it has none to tell: of a timeout, say. */
  failure: z.object({ Error: z.string(), Cause: z.optional(z.string()) }),
});

import { z } from 'zod';

/** What the states of load-test-run.asl.yml hand to their functions. */
export const runInput = z.object({ runId: z.string().regex(/^[A-Za-z0-9-]{1,36}$/) });

export const observeInput = runInput.extend({
  observation: z.object({ rollup: z.number().int().optional() }),
});

export const failureInput = runInput.extend({ failure: z.object({ Error: z.string(), Cause: z.string() }) });

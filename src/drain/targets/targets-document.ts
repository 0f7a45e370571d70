import * as z from 'zod/mini';

const target = z.object({ group: z.string(), id: z.string(), port: z.number() });

const knownTask = z.object({
  /** Of the newest event that changed it. */
  version: z.number(),
  /** `registering` and `leaving`: meant, and perhaps not done; whoever comes next does it again. `stopping`: by stormdrain. */
  state: z.enum(['registering', 'registered', 'stopping', 'leaving', 'left']),
  targets: z.array(target),
  changedAtMillis: z.number(),
  /** Since when no balancer sends it anything new; of `stopping`. */
  silentSinceMillis: z.optional(z.number()),
  /** When somebody was last about to stop it, roughly; of `stopping`. */
  steppedAtMillis: z.optional(z.number()),
});

/**
 * `state/targets/<cluster>.json`: the tasks that stormdrain registers with balancers, by ARN, and for a while those that
 * left, so that a late event brings none of them back.
 */
export const targetsDocument = z.object({
  version: z.literal(1),
  cluster: z.string(),
  tasks: z.record(z.string(), knownTask),
});

export type TargetsDocument = z.infer<typeof targetsDocument>;
export type KnownTask = z.infer<typeof knownTask>;
export type KnownTarget = z.infer<typeof target>;

export const targetsKey = (cluster: string): string => `state/targets/${cluster}.json`;

/** SQS and EventBridge together deliver an event again for a day at most, and a task that left is described as such. */
const keepLeftMillis = 15 * 60_000;
/** Of those that left; a cluster that runs thousands of batch tasks must not grow the document. */
const mostLeft = 1000;

/** With the task changed, and without those that left long ago. */
export const withTask = (
  document: TargetsDocument,
  taskArn: string,
  task: KnownTask,
  nowMillis: number,
): TargetsDocument => {
  const entries = Object.entries({ ...document.tasks, [taskArn]: task });
  const left = entries
    .filter(
      ([, { state, changedAtMillis }]) => state === 'left' && changedAtMillis > nowMillis - keepLeftMillis,
    )
    .sort(([, a], [, b]) => b.changedAtMillis - a.changedAtMillis)
    .slice(0, mostLeft);
  const here = entries.filter(([, { state }]) => state !== 'left');
  return { ...document, tasks: Object.fromEntries([...here, ...left]) };
};

import * as z from 'zod/mini';
import { DocumentInvalidError, TargetNotAllowedError } from '../errors.ts';
import type { StartedRun } from '../platform/ports/run-api.ts';
import type { Workflow } from '../platform/ports/workflow.ts';
import { readJson } from '../store/stored-json.ts';
import { storedPlan } from './run-documents.ts';
import type { RunPorts } from './run-ports.ts';
import { schedulePrefix } from './schedule-run.ts';
import { submitRun } from './submit-run.ts';

/** What the scheduler sends at the time: the schedule's name, the key of its plan, and the time that was meant. */
const scheduledRunEvent = z.object({
  schedule: z.string().check(z.minLength(1)),
  plan: z.string().check(z.minLength(1)),
  time: z.string().check(z.minLength(1)),
});
export type ScheduledRunEvent = z.infer<typeof scheduledRunEvent>;

/** Throws `DocumentInvalid`. */
export const parseScheduledRunEvent = (event: unknown): ScheduledRunEvent => {
  const parsed = scheduledRunEvent.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new DocumentInvalidError(`The schedule's event is wrong: ${z.prettifyError(parsed.error)}`);
};

export type ScheduledRun =
  | ({ readonly kind: 'started' } & StartedRun)
  | { readonly kind: 'ignored'; readonly reason: string };

/**
 * Starts the run of a schedule. The scheduler delivers at least once; schedule and time make the idempotency key, so
 * that twice is once. A plan that is gone was unscheduled meanwhile. Throws `TargetNotAllowed`: what may be a target
 * can have changed since the plan was scheduled.
 */
export const startScheduledRun = async (
  ports: Pick<RunPorts, 'store' | 'clock' | 'guard'> & { readonly workflow: Workflow },
  event: ScheduledRunEvent,
): Promise<ScheduledRun> => {
  if (!event.plan.startsWith(schedulePrefix(event.schedule)))
    throw new DocumentInvalidError(`${event.plan} is no plan of the schedule ${event.schedule}`);
  const plan = (await readJson(ports.store, event.plan, storedPlan))?.value;
  if (plan === undefined)
    return { kind: 'ignored', reason: `${event.plan} is gone: the schedule was removed` };
  const refusal = ports.guard.refusesHost(new URL(plan.target).hostname);
  if (refusal !== undefined)
    throw new TargetNotAllowedError(
      `Schedule ${event.schedule}: ${plan.target} can't be a target: ${refusal}. List it under allowedTargets.`,
    );
  // The contents of its files were stored when it was scheduled; PlanRun says if one is gone.
  const started = await submitRun(
    ports,
    { plan, uploads: new Map() },
    `schedule/${event.schedule}/${event.time}`,
  );
  return { kind: 'started', ...started };
};

import { appendEpoch } from '../plan/arrival-schedule.ts';
import type { Plan } from '../plan/plan.ts';
import type { ControlDocument } from './documents.ts';

/** Far enough ahead for every worker to have polled twice; before the start, the start. */
export const instantAhead = ({ startAtMillis, timing }: ControlDocument, nowMillis: number): number =>
  startAtMillis === undefined
    ? 0
    : Math.max(0, (nowMillis - startAtMillis) / 1000 + timing.changeLeadSeconds);

/** The control with a stop: from an instant a moment ahead, the rate is 0 for every worker alike. */
export const planStop = (
  plan: Plan,
  control: ControlDocument,
  reason: string,
  nowMillis: number,
): ControlDocument & { readonly stop: NonNullable<ControlDocument['stop']> } => ({
  ...control,
  epochs: appendEpoch(plan, control.epochs, { fromInstant: instantAhead(control, nowMillis), rateScale: 0 }),
  stop: { reason, requestedAt: new Date(nowMillis).toISOString() },
});

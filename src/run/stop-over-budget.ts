import type { Plan } from '../plan/plan.ts';
import { updateJson } from '../store/stored-json.ts';
import { decideBudget } from './decide-budget.ts';
import { type ControlDocument, controlDocument, type RosterEntry } from './documents.ts';
import { planStop } from './plan-stop.ts';
import { readCapacity } from './run-documents.ts';
import { runKeys } from './run-keys.ts';
import type { RunPorts } from './run-ports.ts';

/**
 * Stops a run that has cost more than the plan's `maxCostUsd`, as a command would. Returns the control as it is then.
 * What its workers cost until they have gone comes on top: some seconds of each.
 */
export const stopOverBudget = async (
  { store, clock }: Pick<RunPorts, 'store' | 'clock'>,
  plan: Plan,
  control: ControlDocument,
  workers: readonly RosterEntry[],
): Promise<ControlDocument> => {
  if (plan.maxCostUsd === undefined || control.stop !== undefined) return control;
  const price = (await readCapacity(store, control.runId))?.price ?? null;
  const nowMillis = clock.nowMillis();
  const decision = decideBudget({ maxCostUsd: plan.maxCostUsd, price, workers, nowMillis });
  if (decision === undefined) return control;
  const written = await updateJson(store, runKeys(control.runId).control, controlDocument, (current) =>
    current === undefined || current.stop !== undefined
      ? undefined
      : planStop(plan, current, decision.reason, nowMillis),
  );
  return written ?? control;
};

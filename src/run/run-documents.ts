import * as z from 'zod/mini';
import { RunNotFoundError } from '../errors.ts';
import { shapeSeconds } from '../plan/load-shape.ts';
import type { Plan } from '../plan/plan.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import { readJson, writeJson } from '../store/stored-json.ts';
import {
  type CapacityDocument,
  type ControlDocument,
  capacityDocument,
  controlDocument,
  leaseDocument,
} from './documents.ts';
import { runKeys } from './run-keys.ts';

/** The plan was checked when it was compiled; what is checked here is that this version wrote it. */
export const storedPlan = z.custom<Plan>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    'version' in value &&
    value.version === 1 &&
    'load' in value,
  'expected a compiled plan of version 1',
);

/** Throws `RunNotFound`. */
export const readPlan = async (store: ObjectStore, runId: string): Promise<Plan> => {
  const stored = await readJson(store, runKeys(runId).plan, storedPlan);
  if (stored === undefined) {
    throw new RunNotFoundError(`There is no run ${runId}.`);
  }
  return stored.value;
};

/** Undefined until PlanRun has written it. */
export const readControl = async (store: ObjectStore, runId: string): Promise<ControlDocument | undefined> =>
  (await readJson(store, runKeys(runId).control, controlDocument))?.value;

/** As `readControl`, for states that come after PlanRun. Throws `RunNotFound`. */
export const requireControl = async (store: ObjectStore, runId: string): Promise<ControlDocument> => {
  const control = await readControl(store, runId);
  if (control === undefined)
    throw new RunNotFoundError(`Run ${runId} was never planned: it has no control.json.`);
  return control;
};

/** Undefined until PlanRun has written it. */
export const readCapacity = async (
  store: ObjectStore,
  runId: string,
): Promise<CapacityDocument | undefined> =>
  (await readJson(store, runKeys(runId).capacity, capacityDocument))?.value;

export const renewLease = async (
  store: ObjectStore,
  control: ControlDocument,
  nowMillis: number,
): Promise<void> => {
  await writeJson(store, runKeys(control.runId).lease, {
    version: 1,
    runId: control.runId,
    renewedAt: new Date(nowMillis).toISOString(),
    leaseSeconds: control.timing.leaseSeconds,
  });
};

/** After the lease has run out, workers notice, give requests their grace, and ship. */
const goodbyeSeconds = 5;

/** Whether an orchestrator has renewed the run's lease lately, or its workers may still be shipping. */
export const leaseIsFresh = async (
  store: ObjectStore,
  runId: string,
  nowMillis: number,
): Promise<boolean> => {
  const lease = await readJson(store, runKeys(runId).lease, leaseDocument);
  if (lease === undefined) return false;
  return nowMillis - Date.parse(lease.value.renewedAt) <= (lease.value.leaseSeconds + goodbyeSeconds) * 1000;
};

/** Seconds since the start instant at which the load ends: the stages' end, or the stop. */
export const loadEndSeconds = (plan: Plan, control: Pick<ControlDocument, 'epochs' | 'stop'>): number => {
  const whole = shapeSeconds(plan.load.stages);
  const last = control.epochs.at(-1);
  return control.stop === undefined || last === undefined ? whole : Math.min(whole, last.fromInstant);
};

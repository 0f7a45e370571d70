import * as z from 'zod/mini';
import { type CheckedState, checkedState } from '../../states/checked-state.ts';
import type { CatalogPorts } from '../logs-ports.ts';
import { planCompaction } from './plan-compaction.ts';
import { prepareDay } from './prepare-day.ts';
import { removeOld } from './remove-old.ts';
import { reportDay } from './report-day.ts';
import { salvageDay } from './salvage-day.ts';
import { switchDay } from './switch-day.ts';

/** A task of compact-logs.asl.yml: checks the input that the machine hands it, and carries out one use case. */
export type CompactionState = CheckedState<CatalogPorts>;

const after = /* @__PURE__ */ z.object({ after: z.string() });
const ofDay = {
  table: /* @__PURE__ */ z.string(),
  family: /* @__PURE__ */ z.string(),
  container: /* @__PURE__ */ z.string(),
  day: /* @__PURE__ */ z.string(),
};
// Whoever catches an error of the platform's own may find no cause in it.
const failure = /* @__PURE__ */ z.object({
  Error: /* @__PURE__ */ z.string(),
  Cause: /* @__PURE__ */ z._default(/* @__PURE__ */ z.string(), ''),
});
const day = /* @__PURE__ */ z.object(ofDay);
const dayGeneration = /* @__PURE__ */ z.object({ ...ofDay, generation: /* @__PURE__ */ z.int() });
const dayFailure = /* @__PURE__ */ z.object({ ...ofDay, failure });

// Named as the states are. Pure, so that a function's bundle carries its own state only.
export const RemoveOld = /* @__PURE__ */ checkedState(after, removeOld);
export const PlanCompaction = /* @__PURE__ */ checkedState(after, planCompaction);
export const PrepareDay = /* @__PURE__ */ checkedState(day, prepareDay);
export const SwitchDay = /* @__PURE__ */ checkedState(dayGeneration, switchDay);
export const SalvageDay = /* @__PURE__ */ checkedState(dayFailure, salvageDay);
export const ReportDay = /* @__PURE__ */ checkedState(dayFailure, reportDay);

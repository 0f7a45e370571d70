import { FleetRefusedError, PlanInvalidError, TargetNotAllowedError } from '../errors.ts';
import { firstEpoch } from '../plan/epochs.ts';
import { shapeSeconds } from '../plan/load-shape.ts';
import type { Plan } from '../plan/plan.ts';
import { planFiles } from '../plan/plan-files.ts';
import { writeJson } from '../store/stored-json.ts';
import { decidePreflight } from './decide-preflight.ts';
import type { CapacityDocument, ControlDocument } from './documents.ts';
import { refuseEnded } from './read-summary.ts';
import { readCapacity, readPlan, renewLease, requireControl } from './run-documents.ts';
import { runKeys } from './run-keys.ts';
import type { RunPorts } from './run-ports.ts';
import { planTiming } from './run-timing.ts';

export interface PlannedRun {
  readonly workers: number;
  /** Between two looks at the workers while they start. */
  readonly waitSeconds: number;
}

/**
 * Checks once more, where the run happens, what can be checked before anything starts: the target against this
 * deployment's allowed targets (`TargetNotAllowed`), the data the plan names (`PlanInvalid`), what the platform can
 * give and what it would cost (`FleetRefused`). Then writes the first control and lease. Done twice, it is done once.
 * Throws `RunAlreadyEnded` for a run that was closed because its execution came too late.
 */
export const planRun = async (
  ports: RunPorts,
  { runId }: { readonly runId: string },
): Promise<PlannedRun> => {
  const plan = await readPlan(ports.store, runId);
  await refuseEnded(ports.store, runId);
  const refusal = ports.guard.refusesHost(new URL(plan.target).hostname);
  if (refusal !== undefined) {
    throw new TargetNotAllowedError(
      `${plan.target} can't be a target: ${refusal}. List it under allowedTargets.`,
    );
  }
  await requireData(ports, plan);
  await requireCapacity(ports, runId, plan);
  const control: ControlDocument = {
    version: 1,
    runId,
    timing: planTiming(
      ports.pace,
      shapeSeconds(plan.load.stages),
      shapeSeconds(plan.load.stages) + plan.finishSeconds,
      plan.workers.readyTimeoutSeconds,
    ),
    epochs: [firstEpoch(plan.workers.count)],
    wantedWorkers: plan.workers.count,
  };
  await writeJson(ports.store, runKeys(runId).control, control, { ifAbsent: true });
  const { timing, wantedWorkers } = await requireControl(ports.store, runId);
  await renewLease(ports.store, control, ports.clock.nowMillis());
  return { workers: wantedWorkers, waitSeconds: timing.readyWaitSeconds };
};

/** A run that is planned already is asked no more: its own workers would count against it. */
const requireCapacity = async (ports: RunPorts, runId: string, plan: Plan): Promise<void> => {
  if ((await readCapacity(ports.store, runId)) !== undefined) return;
  const facts = await ports.survey.survey();
  const { problems } = decidePreflight(plan, facts);
  if (problems.length > 0) throw new FleetRefusedError(`Nothing was started. ${problems.join(' ')}`);
  const { price, spot } = facts;
  const capacity: CapacityDocument = { version: 1, runId, price, spot };
  await writeJson(ports.store, runKeys(runId).capacity, capacity, { ifAbsent: true });
};

const requireData = async (ports: RunPorts, plan: Plan): Promise<void> => {
  for (const { file, upload } of planFiles(plan)) {
    if ((await ports.store.get(upload)).kind === 'found') continue;
    throw new PlanInvalidError(`The content of ${file} was not uploaded (${upload}).`);
  }
  for (const { name, data } of plan.scenarios) {
    if (data === undefined) continue;
    const found = await ports.store.get(data.upload);
    if (found.kind !== 'found') {
      throw new PlanInvalidError(
        `Scenario ${name}: the rows of ${data.file} were not uploaded (${data.upload}).`,
      );
    }
  }
};

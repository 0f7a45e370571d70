import { BadInputError, RunAlreadyEndedError, RunNotPlannedError } from '../errors.ts';
import { appendEpoch } from '../plan/arrival-schedule.ts';
import type { Plan } from '../plan/plan.ts';
import { updateJson } from '../store/stored-json.ts';
import { type ControlDocument, controlDocument } from './documents.ts';
import { instantAhead, planStop } from './plan-stop.ts';
import { refuseEnded } from './read-summary.ts';
import { readPlan } from './run-documents.ts';
import { runKeys } from './run-keys.ts';
import type { RunPorts } from './run-ports.ts';

export interface RunChange {
  readonly workers?: number;
  /** Absolute: 2 is twice the plan's rate. */
  readonly rateScale?: number;
}

const mostWorkers = 1000;
const mostRateScale = 100;

/**
 * Asks for another number of workers or another rate. A rate takes effect within the change lead; workers do when the
 * new ones are ready. Throws `BadInput`, `RunNotFound`, `RunAlreadyEnded`.
 */
export const changeRun = async (
  ports: Pick<RunPorts, 'store' | 'clock'>,
  runId: string,
  { workers, rateScale }: RunChange,
): Promise<void> => {
  if (workers !== undefined && !(Number.isInteger(workers) && workers >= 1 && workers <= mostWorkers)) {
    throw new BadInputError(`${workers} workers: expected a whole number from 1 to ${mostWorkers}`);
  }
  if (rateScale !== undefined && !(rateScale > 0 && rateScale <= mostRateScale)) {
    throw new BadInputError(
      `a rate of ${rateScale}x: expected a factor above 0, ${mostRateScale} at most, such as 1.5x`,
    );
  }
  await command(ports, runId, (control, plan) => {
    if (control.stop !== undefined)
      throw new RunAlreadyEndedError(`Run ${runId} is stopping; nothing was changed.`);
    const epochs =
      rateScale === undefined
        ? control.epochs
        : appendEpoch(plan, control.epochs, {
            fromInstant: instantAhead(control, ports.clock.nowMillis()),
            rateScale,
          });
    return { ...control, wantedWorkers: workers ?? control.wantedWorkers, epochs };
  });
};

/** Asks the run to stop: from an instant a moment ahead, the rate is 0 for every worker alike. A second stop changes nothing. */
export const stopRun = (
  ports: Pick<RunPorts, 'store' | 'clock'>,
  runId: string,
  reason: string,
): Promise<void> =>
  command(ports, runId, (control, plan) =>
    control.stop === undefined ? planStop(plan, control, reason, ports.clock.nowMillis()) : undefined,
  );

const command = async (
  ports: Pick<RunPorts, 'store' | 'clock'>,
  runId: string,
  change: (control: ControlDocument, plan: Plan) => ControlDocument | undefined,
): Promise<void> => {
  const plan = await readPlan(ports.store, runId);
  await refuseEnded(ports.store, runId);
  await updateJson(ports.store, runKeys(runId).control, controlDocument, (control) => {
    if (control === undefined) {
      throw new RunNotPlannedError(`Run ${runId} has not been planned yet; try again in a moment.`);
    }
    return change(control, plan);
  });
};

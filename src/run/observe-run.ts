import { PlanInvalidError } from '../errors.ts';
import { appendEpoch } from '../plan/arrival-schedule.ts';
import type { Plan } from '../plan/plan.ts';
import { updateJson } from '../store/stored-json.ts';
import { abortRun } from './abort-run.ts';
import { keepsDying } from './check-workers.ts';
import { decideObservation } from './decide-observation.ts';
import { type ControlDocument, controlDocument, type RosterEntry } from './documents.ts';
import { launchMissing, requireLaunchable } from './launch-missing.ts';
import { rollUp } from './rollup.ts';
import { launchingEntry, readRoster, readWorkerWords, replaceRoster } from './roster.ts';
import { readPlan, renewLease, requireControl } from './run-documents.ts';
import { runKeys } from './run-keys.ts';
import type { RunPorts } from './run-ports.ts';
import { stopOverBudget } from './stop-over-budget.ts';
import { shipSeconds } from './stop-workers.ts';
import { tellLost } from './tell-lost.ts';

export interface RunObservation {
  readonly over: boolean;
  readonly waitSeconds: number;
  /** The number the next rollup will have. */
  readonly rollup?: number;
}

/**
 * One look at a running run: renews the lease, folds new segments into a rollup, ends the run early when the plan says
 * so, replaces lost workers, carries out a wanted change of worker count, and says whether the run is over. Safe to run
 * twice at once: control and roster are compared and set, and of the roster only the winner acts. Throws `WorkersLost`
 * when a shard's workers keep dying, `PlanInvalid` when one of them refuses the plan, `FleetRefused` when the fleet
 * refuses to replace one.
 */
export const observeRun = async (
  ports: RunPorts,
  { runId, rollup }: { readonly runId: string; readonly rollup?: number | undefined },
): Promise<RunObservation> => {
  const plan = await readPlan(ports.store, runId);
  const known = await requireControl(ports.store, runId);
  const nowMillis = ports.clock.nowMillis();
  await renewLease(ports.store, known, nowMillis);
  const answer = (over: boolean, next: number | undefined): RunObservation => ({
    over,
    waitSeconds: known.timing.observeSeconds,
    ...(next === undefined ? {} : { rollup: next }),
  });
  const roster = await readRoster(ports.store, runId);
  if (roster === undefined || roster.value.closing === true) return answer(true, rollup);
  const before = roster.value.workers;
  const fleet = await ports.fleet.list(runId);
  const words = await readWorkerWords(ports.store, runId, before);
  const folded = await rollUp(ports.store, runId, before, rollup);
  const control = await stopOverBudget(
    ports,
    plan,
    await abortRun(ports, { plan, control: known, workers: before, nextRollup: folded.number }),
    before,
  );
  const decision = decideObservation({
    nowMillis,
    plan,
    control,
    workers: before,
    fleet,
    words,
    shipped: folded.shipped,
    reportedUntil: folded.reportedUntil,
    fleetSettleSeconds: ports.pace.fleetSettleSeconds,
  });

  const entries = [...decision.workers, ...decision.launch.map((place) => launchingEntry(place, nowMillis))];
  if (!(await replaceRoster(ports.store, roster, entries))) return answer(false, folded.number);
  await tellLost(ports, runId, before, entries);
  if (decision.refusal !== undefined) throw new PlanInvalidError(decision.refusal);
  if (decision.exhausted !== undefined) throw keepsDying(decision.exhausted);
  // Before a shard is taken over; at the end with time to ship what they hold.
  if (decision.dismiss.length > 0)
    await ports.fleet.stop(runId, workerIdsOf(decision.dismiss), decision.over ? shipSeconds : 1);
  const launched = await launchMissing(ports, runId);
  const current = control.epochs.at(-1)?.shardCount ?? control.wantedWorkers;
  const refused = launched.kind === 'refused';
  // A place that can't be filled now is tried again at the next look, until its ready timeout.
  if (refused && launched.shards.some((shard) => shard < current)) requireLaunchable(launched, runId);
  // The load that runs goes on without the workers that it was to get in addition.
  if (decision.withdraw || refused) await withdrawWorkers(ports, control);
  if (decision.shardCount !== undefined) await appendShardCount(ports, plan, control, decision.shardCount);
  return answer(decision.over, folded.number);
};

const workerIdsOf = (entries: readonly RosterEntry[]): readonly string[] =>
  entries.flatMap((entry) => (entry.workerId === null ? [] : [entry.workerId]));

const withdrawWorkers = (ports: RunPorts, { runId, wantedWorkers }: ControlDocument): Promise<unknown> =>
  updateJson(ports.store, runKeys(runId).control, controlDocument, (current) =>
    current?.wantedWorkers !== wantedWorkers
      ? undefined
      : { ...current, wantedWorkers: current.epochs.at(-1)?.shardCount ?? wantedWorkers },
  );

const appendShardCount = async (
  ports: RunPorts,
  plan: Plan,
  { runId, startAtMillis, timing }: ControlDocument,
  shardCount: number,
): Promise<void> => {
  if (startAtMillis === undefined) return;
  await updateJson(ports.store, runKeys(runId).control, controlDocument, (current) => {
    const outdated = current?.wantedWorkers !== shardCount || current.stop !== undefined;
    if (current === undefined || outdated || current.epochs.at(-1)?.shardCount === shardCount)
      return undefined;
    const elapsed = Math.max(0, (ports.clock.nowMillis() - startAtMillis) / 1000);
    const fromInstant = elapsed + timing.changeLeadSeconds;
    return { ...current, epochs: appendEpoch(plan, current.epochs, { fromInstant, shardCount }) };
  });
};

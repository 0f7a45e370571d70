import { PlanInvalidError, WorkersLostError, WorkersNotReadyError } from '../errors.ts';
import { decideRoster, mostReplacements, planReplacements, refusalOf } from './decide-roster.ts';
import type { RosterEntry } from './documents.ts';
import { launchMissing, requireLaunchable } from './launch-missing.ts';
import {
  latestOf,
  launchingEntry,
  readRoster,
  readWorkerWords,
  replaceRoster,
  requireWritten,
} from './roster.ts';
import { readPlan, renewLease, requireControl } from './run-documents.ts';
import { workerName } from './run-keys.ts';
import type { RunPorts } from './run-ports.ts';
import { stopOverBudget } from './stop-over-budget.ts';
import { tellLost } from './tell-lost.ts';

export interface WorkersCheck {
  readonly state: 'ready' | 'waiting' | 'stopped';
  readonly ready: number;
  readonly wanted: number;
}

/**
 * Looks whether every shard has a ready worker, and replaces those that died while starting. Throws
 * `WorkersNotReady` once a worker has been starting for longer than the plan's `workers.readyTimeout`, `WorkersLost`
 * when a shard's workers keep dying, `PlanInvalid` when one of them refuses the plan.
 */
export const checkWorkers = async (
  ports: RunPorts,
  { runId }: { readonly runId: string },
): Promise<WorkersCheck> => {
  const plan = await readPlan(ports.store, runId);
  const control = await requireControl(ports.store, runId);
  const nowMillis = ports.clock.nowMillis();
  await renewLease(ports.store, control, nowMillis);
  const wanted = control.epochs.at(-1)?.shardCount ?? control.wantedWorkers;
  const roster = await readRoster(ports.store, runId);
  if (roster === undefined && control.stop === undefined)
    throw new WorkersNotReadyError(`Run ${runId} has no roster: nothing was launched.`);
  const { stop } = await stopOverBudget(ports, plan, control, roster?.value.workers ?? []);
  if (roster === undefined || stop !== undefined) return { state: 'stopped', ready: 0, wanted };
  const fleet = await ports.fleet.list(runId);
  const words = await readWorkerWords(ports.store, runId, roster.value.workers);
  const seen = decideRoster({
    nowMillis,
    workers: roster.value.workers,
    fleet,
    words,
    shipped: new Set(),
    reportedUntil: {},
    readyTimeoutSeconds: plan.workers.readyTimeoutSeconds,
    silentSeconds: control.timing.silentSeconds,
    fleetSettleSeconds: ports.pace.fleetSettleSeconds,
    startAtMillis: undefined,
  });
  const late = seen.filter((entry) => entry.reason?.startsWith('not ready') === true);
  const { launch, exhausted } = planReplacements(seen, control.epochs, wanted, nowMillis);
  const refusal = refusalOf(seen);
  const launched =
    late.length > 0 || refusal !== undefined ? [] : launch.map((place) => launchingEntry(place, nowMillis));
  requireWritten(await replaceRoster(ports.store, roster, [...seen, ...launched]), runId);
  await tellLost(ports, runId, roster.value.workers, seen);
  if (refusal !== undefined) throw new PlanInvalidError(refusal);
  if (late.length > 0) throw notReady(late, roster.value.workers, plan.workers.readyTimeoutSeconds);
  if (exhausted[0] !== undefined) throw keepsDying(exhausted[0]);
  requireLaunchable(await launchMissing(ports, runId), runId);

  const ready = Array.from({ length: wanted }, (_, shard) => latestOf(seen, shard)).filter(
    (entry) => entry?.state === 'ready',
  ).length;
  return { state: ready === wanted && launched.length === 0 ? 'ready' : 'waiting', ready, wanted };
};

/** `before` says of those that were never launched why. */
const notReady = (
  late: readonly RosterEntry[],
  before: readonly RosterEntry[],
  seconds: number,
): WorkersNotReadyError => {
  const reasons = new Map(before.map((entry) => [workerName(entry), entry.reason]));
  const names = late.map(workerName).map((name) => {
    const reason = reasons.get(name) ?? null;
    return reason === null ? name : `${name} (${reason})`;
  });
  return new WorkersNotReadyError(
    `${late.length === 1 ? 'Worker' : 'Workers'} ${names.join(', ')} did not get ready within ${seconds} s. ` +
      'Look at the worker logs, or raise workers.readyTimeout in the plan.',
  );
};

/** For a shard whose worker was lost more often than it may be replaced. */
export const keepsDying = (entry: RosterEntry): WorkersLostError =>
  new WorkersLostError(
    `Shard ${entry.shard} lost its worker ${mostReplacements + 1} times, the last one because of: ${entry.reason}. Look at the worker logs.`,
  );

import { logFailure, reasonOf } from '../../calls/log-failure.ts';
import { eachOf } from '../../calls/paced-call.ts';
import { decisionsKey } from '../decisions/decision-keys.ts';
import { makeRows, planRows, type RowHead, subjectOf } from '../decisions/plan-rows.ts';
import { writeDecisions } from '../decisions/write-decisions.ts';
import type { ScalingPolicy } from '../policy/scaling-policy.ts';
import type { StoredPolicy } from '../policy-store/stored-policy.ts';
import type { Decided, ScalingDecision } from '../scaling-decision.ts';
import type { ScalingMemory } from '../scaling-memory.ts';
import type { ScalingPorts } from '../scaling-ports.ts';
import { carryOut } from './carry-out.ts';
import { forgetUndone } from './forget-undone.ts';
import { leastCalls } from './least-calls.ts';
import type { SnapshotRead } from './read-snapshot.ts';
import type { CallCounts, CarriedOut, FinishedTick } from './tick-result.ts';
import { writeMemory } from './write-memory.ts';

export interface DecidedTick {
  readonly before: ScalingMemory;
  /** Of the memory; undefined for the first tick. */
  readonly etag: string | undefined;
  readonly decided: Decided<ScalingMemory>;
  readonly read: SnapshotRead;
  readonly stored: StoredPolicy;
  readonly tick: string;
}

type Finished = Pick<FinishedTick, 'tick' | 'actions' | 'failures' | 'leastCalls'>;

/**
 * Keeps what is to be remembered, says what is about to be done, does it, and says what became of it. `lost` when another
 * tick was faster: then nothing is done. Throws what the store throws until the memory is written, and nothing afterwards.
 */
export const finishTick = async (
  ports: ScalingPorts,
  { before, etag, decided, read, stored, tick }: DecidedTick,
): Promise<Finished | 'lost'> => {
  const { store } = ports;
  const { cluster, policy, digest } = stored;
  const { decisions, actions } = decided;
  const isDry = policy.dryRun;
  const { logged, lastReasons } = planRows(decisions, actions, isDry, before.lastReasons ?? {});
  const memory = { ...decided.memory, lastReasons };
  const planned = isDry ? forgetUndone(before, memory, actions, actions, false) : memory;
  const kept = await writeMemory(store, planned, etag);
  if (kept === undefined) return 'lost';
  const failures: string[] = [];
  const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      logFailure({ cluster, error });
      failures.push(`${what}: ${reasonOf(error)}`);
    }
  };
  const { atMillis } = read.snapshot;
  const head = { atMillis, cluster, tick, policy: digest };
  const log = (carriedOut: readonly CarriedOut[]): Promise<void> =>
    logged.length === 0
      ? Promise.resolve()
      : attempt('decisions could not be logged', () =>
          writeDecisions(store, decisionsKey(tick, atMillis), makeRows(head, logged, carriedOut)),
        );
  let carriedOut = actions.map((action): CarriedOut => ({ action, result: 'dry-run' }));
  if (!isDry && actions.length > 0) {
    // Whoever looks after a crash sees what was begun.
    await log(actions.map((action) => ({ action, result: 'begun' })));
    carriedOut = [...(await carryOut(ports, policy, actions))];
    const undone = carriedOut.filter(({ result }) => result !== 'done').map(({ action }) => action);
    const refused = carriedOut.filter(({ result }) => result !== 'done' && result !== 'changed-by-others');
    if (refused[0] !== undefined)
      failures.push(
        `${refused.length} of ${actions.length} actions could not be carried out: ${subjectOf(refused[0].action)}: ${refused[0].result}`,
      );
    if (undone.length > 0)
      // Somebody who was faster has seen what was not done.
      await attempt('what was not done could not be forgotten', () =>
        writeMemory(store, forgetUndone(before, memory, actions, undone, true), kept),
      );
  }
  await log(carriedOut);
  if (!isDry) await attempt('decisions could not be told', () => tell(ports, head, decisions, carriedOut));
  return { tick, actions: carriedOut, failures, leastCalls: leastOf(read, policy, carriedOut) };
};

const toldAtOnce = 8;

/** Of each decision that something was done about, or tried. */
const tell = async (
  ports: ScalingPorts,
  head: RowHead,
  decisions: readonly ScalingDecision[],
  carriedOut: readonly CarriedOut[],
): Promise<void> => {
  const acted = new Set(carriedOut.map(({ action }) => subjectOf(action)));
  const rows = makeRows(
    head,
    decisions.filter(({ subject }) => acted.has(subject)),
    carriedOut,
  );
  await eachOf(rows, toldAtOnce, async ({ at, cluster, tick, subject, outcome, reason, ...row }) => {
    const { from, to, sentence, carriedOut: result } = row;
    await ports.events.tell({
      type: 'scaling.decided',
      cluster,
      tick,
      subject,
      outcome,
      reason,
      from,
      to,
      sentence,
      carriedOut: result,
      at,
    });
  });
};

const leastOf = (
  { shape }: SnapshotRead,
  policy: ScalingPolicy,
  carriedOut: readonly CarriedOut[],
): CallCounts => {
  const isTried = ({ result }: CarriedOut): boolean => result !== 'dry-run';
  const tried = carriedOut.filter(isTried).map(({ action }) => action);
  const done = carriedOut.filter(({ result }) => result === 'done').map(({ action }) => action);
  const changed = (policy.capacity?.pools ?? []).map(({ name, kind }) => ({
    kind,
    changes: done.filter((action) => 'pool' in action && action.pool === name).map((action) => action.kind),
  }));
  const isSet = ({ kind, changes }: (typeof changed)[number]): boolean =>
    changes.includes('setPool') || (kind !== 'autoScalingGroup' && changes.includes('terminate'));
  return leastCalls({
    ...shape,
    recheckedServices: tried.filter(({ kind }) => kind === 'setService').length,
    setServices: done.filter(({ kind }) => kind === 'setService').length,
    setPools: changed.filter(isSet).map(({ kind }) => kind),
    terminated: changed.flatMap(({ kind, changes }) =>
      changes.filter((change) => change === 'terminate').map(() => kind),
    ),
  });
};

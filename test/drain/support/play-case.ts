import {
  type LeavingDocument,
  leavingDocument,
  leavingKey,
} from '../../../src/drain/leaving/leaving-document.ts';
import { drainRequestMessage } from '../../../src/drain/notices/drain-request.ts';
import { type DrainRecord, drainRecord, recordsPrefix } from '../../../src/drain/records/drain-record.ts';
import {
  type DrainTrouble,
  type SimulatedDrains,
  simulateDrains,
} from '../../../src/platform/local/simulated-drains.ts';
import type { CallFault } from '../../../src/platform/local/simulation/call-faults.ts';
import type { LifecycleAction } from '../../../src/platform/ports/capacity-pool.ts';
import { readJson } from '../../../src/store/stored-json.ts';
import type { DrainCase, Leaving } from './random-drains.ts';

export interface PlayedCase {
  readonly drains: SimulatedDrains;
  readonly document: LeavingDocument;
  readonly records: readonly DrainRecord[];
  /** Hooks that were completed, as often as they were. */
  readonly completed: readonly string[];
  /** Hooks that were heard of. */
  readonly hooks: readonly string[];
  /** Of these, the ones that Auto Scaling still waits for at the end. */
  readonly waiting: readonly string[];
}

/** An operator's request. */
export const request = (instanceId: string, deadlineMillis: number, nowMillis: number): unknown =>
  JSON.parse(
    drainRequestMessage({
      instanceIds: [instanceId],
      requestedAtMillis: nowMillis,
      deadlineMillis,
      requestedBy: 'a test',
    }),
  );

/** Plays a case until every drain has ended, and everything's time is over. */
export const playCase = async (
  { simulation, leaving }: DrainCase,
  trouble: DrainTrouble = {},
  faults: readonly CallFault[] = [],
): Promise<PlayedCase> => {
  const drains = simulateDrains({ simulation: { ...simulation, faults }, trouble });
  const { platform, time } = drains;
  const completed: string[] = [];
  const complete = platform.capacity.completeLifecycleAction.bind(platform.capacity);
  platform.capacity.completeLifecycleAction = (action) =>
    complete(action).then((how) => {
      if (how === 'completed') completed.push(action.lifecycleActionToken);
      return how;
    });
  const hooks: LifecycleAction[] = [];

  const leave = async ({ instance, cause, hasHook, atSeconds, againSeconds }: Leaving): Promise<void> => {
    await time.sleep(atSeconds * 1000);
    const instanceId = platform.instances()[instance]?.instanceId ?? '';
    const events: unknown[] = [];
    const now = time.nowMillis();
    if (cause === 'operator') events.push(request(instanceId, now + 120_000, now));
    else if (cause === 'rushed') events.push(request(instanceId, now + 20_000, now));
    else for (const warned of platform.pool.interrupt([instanceId], cause)) events.push(warned.event);
    if (hasHook) {
      const { action, event } = platform.pool.terminate(instanceId);
      hooks.push(action);
      events.push(event);
    }
    await drains.hear(events);
    await Promise.all(
      againSeconds.map(async (seconds) => {
        await time.sleep(seconds * 1000);
        await drains.hear([...events].reverse());
      }),
    );
  };

  return drains.play(async () => {
    await Promise.all(leaving.map(leave));
    await drains.finished();
    await time.sleep(150_000);
    await drains.finished();
    const stored = await readJson(drains.store, leavingKey(platform.clusterName), leavingDocument);
    if (stored === undefined) throw new Error('nothing was heard');
    const records: DrainRecord[] = [];
    for await (const key of drains.store.list(recordsPrefix)) {
      const record = await readJson(drains.store, key, drainRecord);
      if (record !== undefined) records.push(record.value);
    }
    const waiting: string[] = [];
    for (const hook of hooks)
      if ((await platform.capacity.recordHeartbeat(hook)) !== 'gone') waiting.push(hook.lifecycleActionToken);
    const tokens = hooks.map(({ lifecycleActionToken }) => lifecycleActionToken);
    return { drains, document: stored.value, records, completed, hooks: tokens, waiting };
  });
};

import type { ObjectStore } from '../platform/ports/object-store.ts';
import type { Workflow } from '../platform/ports/workflow.ts';
import { closeRun, orchestratorLost } from './close-run.ts';
import { forEachAtOnce, readsAtOnce } from './for-each-at-once.ts';
import { indexPrefix, parseIndexKey, runKeys } from './run-keys.ts';
import type { RunPorts } from './run-ports.ts';

export interface ReapedRuns {
  readonly looked: number;
  readonly closed: readonly string[];
  /** There was more to look at than one invocation does; the next one goes on. */
  readonly more: boolean;
}

/** From the submission to the execution that can be seen, with retries, and from its end to its own last writes. */
const youngMillis = 120_000;
/** The longest run is a week. Older ones that have no summary are looked at when they have workers. */
const listedMillis = 8 * 24 * 3_600_000;
const mostListed = 500;
const mostClosed = 20;
/** Closing waits up to a minute and a half for workers to end, and the function has fifteen minutes for all of it. */
const closersAtOnce = 4;

/**
 * The third net under runs: closes each that has workers, or is listed without a summary, while its execution is not
 * running. Runs that were submitted a moment ago are left alone. One that can't be closed doesn't keep the others
 * from it; its error is thrown at the end, and the next invocation tries again.
 */
export const reapRuns = async (ports: RunPorts & { readonly workflow: Workflow }): Promise<ReapedRuns> => {
  const nowMillis = ports.clock.nowMillis();
  const listed = await readListed(ports.store, nowMillis);
  const open = await withoutSummary(ports.store, [...listed.keys()]);
  const runIds = new Set([...(await ports.fleet.runsWithWorkers()), ...open]);
  const closed: string[] = [];
  let failed: { readonly error: unknown } | undefined;
  let looked = 0;
  await forEachAtOnce(runIds, closersAtOnce, async (runId) => {
    if (closed.length >= mostClosed) return;
    looked++;
    if (nowMillis - (listed.get(runId) ?? Number.NEGATIVE_INFINITY) < youngMillis) return;
    try {
      if ((await ports.workflow.status(runId)) === 'running') return;
      await closeRun(ports, runId, orchestratorLost);
      closed.push(runId);
    } catch (error) {
      failed ??= { error };
    }
  });
  if (failed !== undefined) throw failed.error;
  return { looked, closed, more: looked < runIds.size };
};

/** Runs of the last days, by id: when they were submitted. The list begins with the newest. */
const readListed = async (store: ObjectStore, nowMillis: number): Promise<ReadonlyMap<string, number>> => {
  const listed = new Map<string, number>();
  for await (const key of store.list(indexPrefix)) {
    const entry = parseIndexKey(key);
    if (entry === undefined) continue;
    if (nowMillis - entry.createdAtMillis > listedMillis || listed.size >= mostListed) break;
    listed.set(entry.runId, entry.createdAtMillis);
  }
  return listed;
};

const withoutSummary = async (store: ObjectStore, runIds: readonly string[]): Promise<readonly string[]> => {
  const open: string[] = [];
  await forEachAtOnce(runIds, readsAtOnce, async (runId) => {
    if ((await store.get(runKeys(runId).summary)).kind !== 'found') open.push(runId);
  });
  return open;
};

import { createHash, randomInt } from 'node:crypto';
import { IdempotencyConflictError, StoreConflictError } from '../errors.ts';
import type { PlanSubmission, StartedRun, StartRequest } from '../platform/ports/run-api.ts';
import type { Workflow } from '../platform/ports/workflow.ts';
import { readJson, writeJson } from '../store/stored-json.ts';
import { idempotencyDocument } from './documents.ts';
import { readControl } from './run-documents.ts';
import { idempotencyKey, runKeys } from './run-keys.ts';
import type { RunPorts } from './run-ports.ts';

const suffixLetters = 'abcdefghjkmnpqrstvwxyz23456789';

/** `20261121-093000-k7fq`: sorts by time, says when, at most 20 characters (ECS keeps 36 for `startedBy`). */
export const newRunId = (nowMillis: number): string => {
  const stamp = new Date(nowMillis).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const suffix = Array.from({ length: 4 }, () => suffixLetters[randomInt(suffixLetters.length)]).join('');
  return `${stamp}-${suffix}`;
};

type SubmitPorts = Pick<RunPorts, 'store' | 'clock'> & { readonly workflow: Workflow };

/** The run, and the instant it is listed under. */
interface RunPlace {
  readonly runId: string;
  readonly createdAtMillis: number;
}

/** Without `source`, the request is what its plan says: one that was stored compiled is the same each time. */
export type SubmitRequest = Pick<StartRequest, 'plan' | 'uploads'> & Partial<Pick<StartRequest, 'source'>>;

/**
 * Stores plan and data, lists the run, and starts the state machine on it. With a key that was used before it is the
 * run of that time, completed if that call broke off; throws `IdempotencyConflict` when the request was another one.
 */
export const submitRun = async (
  ports: SubmitPorts,
  request: SubmitRequest,
  key?: string,
): Promise<StartedRun> => {
  const nowMillis = ports.clock.nowMillis();
  const fresh: RunPlace = { runId: newRunId(nowMillis), createdAtMillis: nowMillis };
  const place = key === undefined ? fresh : await placeOfKey(ports, fresh, request, key);
  const created = place.runId === fresh.runId;
  await storeRun(ports, place, request, created);
  if (created || (await isUnstarted(ports, place.runId))) await ports.workflow.start(place.runId);
  return { runId: place.runId, created };
};

/** Every write is of the same bytes, or left to who was first: a call that broke off is completed by the next. */
const storeRun = async (
  { store }: SubmitPorts,
  { runId, createdAtMillis }: RunPlace,
  { plan, uploads }: SubmitRequest,
  created: boolean,
): Promise<void> => {
  const keys = runKeys(runId);
  // Named by digest: what is there already is the same bytes.
  for (const [key, body] of uploads) await store.put(key, body, { ifAbsent: true });
  const put = await writeJson(store, keys.plan, plan, { ifAbsent: true });
  if (created && put.kind === 'conflict')
    throw new StoreConflictError(`Run ${runId} exists already; try again.`);
  const entry = {
    version: 1,
    runId,
    name: plan.name,
    target: plan.target,
    createdAt: new Date(createdAtMillis).toISOString(),
  };
  await writeJson(store, keys.index(createdAtMillis), entry, { ifAbsent: true });
};

/** A run that has a control was started; one that nobody knows of and that has none was not. */
const isUnstarted = async ({ store, workflow }: SubmitPorts, runId: string): Promise<boolean> =>
  (await readControl(store, runId)) === undefined &&
  (await store.get(runKeys(runId).summary)).kind !== 'found' &&
  (await workflow.status(runId)) === 'unknown';

const placeOfKey = async (
  { store }: SubmitPorts,
  fresh: RunPlace,
  { plan, source }: SubmitRequest,
  key: string,
): Promise<RunPlace> => {
  const object = idempotencyKey(key);
  const request = sha256(source === undefined ? JSON.stringify(plan) : describeRequest(source));
  const put = await writeJson(store, object, { version: 1, ...fresh, request }, { ifAbsent: true });
  if (put.kind === 'written') return fresh;
  const known = await readJson(store, object, idempotencyDocument);
  // Expired in between: the key is as good as new.
  if (known === undefined) return fresh;
  if (known.value.request !== request) {
    throw new IdempotencyConflictError(
      `This idempotency key was used for another request, which is run ${known.value.runId}. Use a new key for a new run.`,
    );
  }
  return known.value;
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What makes a request the same one: all but the name that messages give to the document. */
const describeRequest = ({ text, files, set, workers }: PlanSubmission): string =>
  JSON.stringify([
    text,
    sorted(files).map(([name, { upload, bytes, exports }]) => [name, upload, bytes, exports ?? null]),
    sorted(set),
    workers ?? null,
  ]);

const sorted = <Value>(record: Readonly<Record<string, Value>>): readonly [string, Value][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));

import * as z from 'zod/mini';
import { logFailure } from '../../calls/log-failure.ts';
import { DocumentInvalidError } from '../../errors.ts';
import type { ObjectStore, PutCondition, PutResult } from '../../platform/ports/object-store.ts';
import type { Stored } from '../../store/stored-json.ts';
import { readJson } from '../../store/stored-json.ts';
import { notice } from '../leaving/leaving-document.ts';
import { type Drain, type DrainState, type DrainTask, emptyDrainState } from './drain-state.ts';
import { packedTask, packTask, type TaskNames, unpackTask } from './packed-task.ts';

const failure = z.object({
  reason: z.string(),
  sinceMillis: z.number(),
  atMillis: z.number(),
  times: z.number(),
});

const instant = z.optional(z.number());

const drain = z.object({
  drainId: z.string(),
  instanceId: z.string(),
  notices: z.array(notice),
  heardAtMillis: z.number(),
  joinedAtMillis: z.number(),
  deadlineMillis: z.number(),
  isTakenBack: z.boolean(),
  takenBack: z.optional(z.object({ atMillis: z.number(), by: z.optional(z.string()) })),
  containerInstanceArn: z.nullable(z.string()),
  at: z.object({
    lookedFor: instant,
    found: instant,
    draining: instant,
    firstListed: instant,
    listed: instant,
    gone: instant,
    active: instant,
  }),
  failures: z.record(z.string(), failure),
  tasks: z.array(packedTask),
});

/**
 * `state/draining/<cluster>.json`: how far the drains of a cluster are. Written by its coordinator only, by
 * compare-and-set. Tasks are packed (packed-task.ts): 500 instances with 20 tasks each take about 2 MB.
 */
export const progressDocument = z.object({
  version: z.literal(1),
  cluster: z.string(),
  /** ARNs and names that tasks refer to by their place. */
  names: z.array(z.string()),
  drains: z.array(drain),
  services: z.record(
    z.string(),
    z.object({
      isDaemon: z.boolean(),
      balancers: z.array(
        z.object({ group: z.string(), containerName: z.string(), containerPort: z.number() }),
      ),
      readAtMillis: z.number(),
    }),
  ),
  definitions: z.record(
    z.string(),
    z.object({ stopTimeoutSeconds: z.nullable(z.number()), failure: z.optional(failure) }),
  ),
  groups: z.record(
    z.string(),
    z.object({ polledAtMillis: instant, askedAtMillis: instant, failures: z.record(z.string(), failure) }),
  ),
});

export type ProgressDocument = z.infer<typeof progressDocument>;

export const progressKey = (cluster: string): string => `state/draining/${cluster}.json`;

/** Zod's optional fields may hold `undefined`; the state's may not. */
const present = <Value extends object>(value: Value): { [K in keyof Value]: Exclude<Value[K], undefined> } =>
  JSON.parse(JSON.stringify(value));

const unpackDrain = (packed: ProgressDocument['drains'][number], names: TaskNames): Drain => {
  const tasks: Record<string, DrainTask> = {};
  for (const each of packed.tasks) {
    const task = unpackTask(each, names, packed.heardAtMillis);
    tasks[task.taskArn] = task;
  }
  return { ...packed, notices: packed.notices, at: present(packed.at), tasks } as Drain;
};

/** Throws `DocumentInvalid` naming the key. */
export const unpackProgress = (
  key: string,
  { drains, services, definitions, groups, names }: ProgressDocument,
): DrainState => {
  const nameAt = (place: number): string => {
    const name = names[place];
    if (name === undefined)
      throw new DocumentInvalidError(`${key} refers to name ${place} of ${names.length}`);
    return name;
  };
  return {
    drains: Object.fromEntries(drains.map((each) => [each.drainId, unpackDrain(each, { nameAt })])),
    services,
    definitions: present(definitions) as DrainState['definitions'],
    groups: present(groups) as DrainState['groups'],
  };
};

/**
 * One that can't be read, as another version of stormdrain may have written it, is as good as none: the cluster tells all of
 * it again, and nobody's drain waits until somebody mends a document.
 */
export const readProgress = async (
  store: ObjectStore,
  cluster: string,
): Promise<Stored<DrainState> | undefined> => {
  const key = progressKey(cluster);
  try {
    const stored = await readJson(store, key, progressDocument);
    return stored === undefined ? undefined : { value: unpackProgress(key, stored.value), etag: stored.etag };
  } catch (error) {
    if (!(error instanceof DocumentInvalidError)) throw error;
    logFailure({ key, error });
    const got = await store.get(key);
    return got.kind === 'found' ? { value: emptyDrainState, etag: got.etag } : undefined;
  }
};

export const packProgress = (cluster: string, state: DrainState): ProgressDocument => {
  const places = new Map<string, number>();
  const placeOf = (name: string): number => {
    const place = places.get(name) ?? places.size;
    places.set(name, place);
    return place;
  };
  const drains = Object.values(state.drains).map((each) => ({
    ...each,
    tasks: Object.values(each.tasks).map((task) => packTask(task, { placeOf }, each.heardAtMillis)),
  }));
  return {
    version: 1,
    cluster,
    names: [...places.keys()],
    drains: drains as ProgressDocument['drains'],
    services: { ...state.services } as ProgressDocument['services'],
    definitions: state.definitions as ProgressDocument['definitions'],
    groups: state.groups as ProgressDocument['groups'],
  };
};

/** Without white space: it is megabytes when hundreds of instances leave. */
export const writeProgress = (
  store: ObjectStore,
  cluster: string,
  state: DrainState,
  condition: PutCondition,
): Promise<PutResult> =>
  store.put(
    progressKey(cluster),
    new TextEncoder().encode(JSON.stringify(packProgress(cluster, state))),
    condition,
  );

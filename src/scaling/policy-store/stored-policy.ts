import * as z from 'zod/mini';
import { DocumentInvalidError } from '../../errors.ts';
import type { ObjectStore } from '../../platform/ports/object-store.ts';
import { readJson, type Stored } from '../../store/stored-json.ts';
import { compiledPolicy } from './compiled-policy.ts';

const written = {
  version: z.literal(1),
  cluster: z.string(),
  text: z.string(),
  /** SHA-256 of the text, in hexadecimal. */
  digest: z.string(),
  appliedAtMillis: z.number(),
  appliedBy: z.string(),
  /** `Number.MAX_SAFE_INTEGER` until it is resumed; since then, and for pauses that are over, an instant that has passed. */
  pausedUntilMillis: z.nullable(z.number()),
};

/** `config/scaling/<cluster>.json`: the policy of a cluster, as it was written and as ticks read it. */
export const storedPolicy = z.object({ ...written, policy: compiledPolicy });

/** The same, whatever version compiled it: what is to be replaced needs not be understood. */
export const anyStoredPolicy = z.object({ ...written, policy: z.unknown() });

export type StoredPolicy = z.infer<typeof storedPolicy>;

export const policiesPrefix = 'config/scaling/';

export const policyKey = (cluster: string): string => `${policiesPrefix}${cluster}.json`;

/** Undefined when the cluster has none. Throws `DocumentInvalid`, and what the store throws. */
export const readPolicy = async (
  store: ObjectStore,
  cluster: string,
): Promise<Stored<StoredPolicy> | undefined> => {
  try {
    return await readJson(store, policyKey(cluster), storedPolicy);
  } catch (cause) {
    if (!(cause instanceof DocumentInvalidError)) throw cause;
    throw new DocumentInvalidError(`${cause.message}; apply the policy of ${cluster} again`, { cause });
  }
};

export const isPaused = ({ policy, pausedUntilMillis }: StoredPolicy, nowMillis: number): boolean =>
  policy.paused || (pausedUntilMillis !== null && pausedUntilMillis > nowMillis);

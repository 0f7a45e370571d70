import * as z from 'zod/mini';
import { BadInputError, DocumentInvalidError, PolicyNotFoundError } from '../../errors.ts';
import type { ObjectStore } from '../../platform/ports/object-store.ts';
import type { PolicyStanding } from '../../platform/ports/scaling-api.ts';
import type { WallClock } from '../../platform/ports/wall-clock.ts';
import { readJson } from '../../store/stored-json.ts';
import type { StoredPolicy } from '../policy-store/stored-policy.ts';
import { memoryKey } from '../scaling-memory.ts';
import type { Deployment } from './decide-warnings.ts';

export interface ScalingApiPorts {
  readonly store: ObjectStore;
  readonly time: WallClock;
  readonly deployment: Deployment;
}

/** A stored policy as operators see it: pauses that are over aren't told. */
export const standingOf = async (
  { store, time }: ScalingApiPorts,
  { version: _, ...stored }: StoredPolicy,
): Promise<PolicyStanding> => {
  const { pausedUntilMillis } = stored;
  const isPausedNow = pausedUntilMillis !== null && pausedUntilMillis > time.nowMillis();
  return {
    ...stored,
    pausedUntilMillis: isPausedNow ? pausedUntilMillis : null,
    tickedAtMillis: await readTickedAt(store, stored.cluster),
  };
};

/** All that is of interest here in what a tick remembers. */
const lastTick = z.object({ tickedAtMillis: z.nullable(z.number()) });

/** Null when there has been none, or what is remembered of it can't be read. */
const readTickedAt = async (store: ObjectStore, cluster: string): Promise<number | null> => {
  try {
    return (await readJson(store, memoryKey(cluster), lastTick))?.value.tickedAtMillis ?? null;
  } catch (error) {
    if (!(error instanceof DocumentInvalidError)) throw error;
    return null;
  }
};

export const notFound = (cluster: string): PolicyNotFoundError =>
  new PolicyNotFoundError(
    `no scaling policy is stored for the cluster "${cluster}"; scaling show lists those that are, scaling apply stores one`,
  );

/** As ECS allows them; a key is made of it. */
const namePattern = /^[A-Za-z0-9_-]{1,255}$/;

/** Throws `BadInput` for what can't be the name of a cluster. */
export const requireName = (cluster: string): void => {
  if (!namePattern.test(cluster))
    throw new BadInputError(
      `"${cluster.slice(0, 60)}" is not the name of a cluster: expected 1 to 255 letters, digits, hyphens and underscores`,
    );
};

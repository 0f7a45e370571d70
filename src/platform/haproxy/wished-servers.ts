import * as z from 'zod/mini';
import type { BalancerTarget } from '../ports/balancer.ts';
import { addressOf } from './server-name.ts';

const wishedServer = z.object({
  id: z.string(),
  port: z.number(),
  /** Absent while it is to get requests; milliseconds since the epoch. */
  drainingSinceMillis: z.optional(z.number()),
});

/**
 * `state/balancers/<backend>.json`: the servers that a backend is to have. HAProxy forgets servers that were added at
 * run time when it is reloaded; this is what it is given back.
 */
export const wishedServers = z.object({
  version: z.literal(1),
  backend: z.string(),
  /** By address. */
  servers: z.record(z.string(), wishedServer),
});

export type WishedServers = z.infer<typeof wishedServers>;
export type WishedServer = z.infer<typeof wishedServer>;

export const wishedPrefix = 'state/balancers/';

export const wishedKey = (backend: string): string => `${wishedPrefix}${backend}.json`;

/** The same document when nothing changes, so that nothing is written. */
export const mergeRegistered = (
  document: WishedServers,
  targets: readonly BalancerTarget[],
): WishedServers => {
  const fresh = targets.filter((target) => {
    const known = document.servers[addressOf(target)];
    return known === undefined || known.drainingSinceMillis !== undefined;
  });
  if (fresh.length === 0) return document;
  const added = fresh.map(({ id, port }) => [addressOf({ id, port }), { id, port }] as const);
  return { ...document, servers: { ...document.servers, ...Object.fromEntries(added) } };
};

/** A drain that goes on already keeps its beginning. */
export const mergeDeregistered = (
  document: WishedServers,
  targets: readonly BalancerTarget[],
  nowMillis: number,
): WishedServers => {
  const leaving = targets.flatMap((target) => {
    const known = document.servers[addressOf(target)];
    return known === undefined || known.drainingSinceMillis !== undefined
      ? []
      : [[addressOf(target), { ...known, drainingSinceMillis: nowMillis }] as const];
  });
  if (leaving.length === 0) return document;
  return { ...document, servers: { ...document.servers, ...Object.fromEntries(leaving) } };
};

/** Without the drains that are over, unless they were taken back or began again meanwhile. */
export const mergeRemoved = (document: WishedServers, removed: readonly WishedServer[]): WishedServers => {
  const gone = new Set(
    removed
      .filter(
        (server) =>
          document.servers[addressOf(server)]?.drainingSinceMillis === server.drainingSinceMillis &&
          server.drainingSinceMillis !== undefined,
      )
      .map(addressOf),
  );
  if (gone.size === 0) return document;
  return {
    ...document,
    servers: Object.fromEntries(Object.entries(document.servers).filter(([address]) => !gone.has(address))),
  };
};

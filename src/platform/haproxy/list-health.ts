import { isIP } from 'node:net';
import type { TargetHealth } from '../ports/balancer.ts';
import type { ActualServer } from './parse-servers.ts';
import { addressOf } from './server-name.ts';
import type { WishedServers } from './wished-servers.ts';

const stateOf = (server: ActualServer): TargetHealth['state'] => {
  if (/^(MAINT|DRAIN)/.test(server.status)) return server.inFlight === 0 ? 'unused' : 'draining';
  if (server.isUnchecked) return 'initial';
  return server.status.startsWith('DOWN') ? 'unhealthy' : 'healthy';
};

const targetOf = (address: string): { readonly id: string; readonly port: number } | undefined => {
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(address) ?? [];
  const id = bracketed ?? plain;
  return id === undefined || isIP(id) === 0 ? undefined : { id, port: Number(port) };
};

/**
 * Those that HAProxy has, and those that it was not given yet (`initial`). A target that drained when HAProxy was
 * reloaded counts as `draining` until the delay is over: the old process may still be carrying its requests.
 */
export const listHealth = (
  document: WishedServers,
  actual: readonly ActualServer[],
): readonly TargetHealth[] => {
  const present = new Set(actual.map(({ address }) => address));
  const known = actual.flatMap((server) => {
    const target = targetOf(server.address);
    if (target === undefined) return [];
    const state = stateOf(server);
    const wish = document.servers[server.address];
    // Between the wish and the command that carries it out, HAProxy still sends requests there.
    const isLate = wish?.drainingSinceMillis !== undefined && state !== 'unused' && state !== 'draining';
    return [{ ...target, state: isLate ? ('healthy' as const) : state, inFlight: server.inFlight }];
  });
  const absent = Object.values(document.servers)
    .filter((wished) => !present.has(addressOf(wished)))
    .map(({ id, port, drainingSinceMillis }) => ({
      id,
      port,
      state: drainingSinceMillis === undefined ? ('initial' as const) : ('draining' as const),
    }));
  return [...known, ...absent];
};

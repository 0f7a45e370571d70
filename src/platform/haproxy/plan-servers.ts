import type { ActualServer } from './parse-servers.ts';
import { addressOf, isOwnServer, serverName } from './server-name.ts';
import type { WishedServer, WishedServers } from './wished-servers.ts';

/** What is to be done so that a backend has what it is to have. */
export type ServerChange =
  /** It is wished for, and HAProxy doesn't have it. */
  | { readonly kind: 'add'; readonly name: string; readonly address: string }
  /** It is there, but gets no requests. */
  | { readonly kind: 'enable'; readonly name: string; readonly address: string; readonly isOwn: boolean }
  /** No request more; those in flight go on. */
  | { readonly kind: 'silence'; readonly name: string; readonly address: string }
  /** The drain is over: what is still in flight is cut off when `isOverdue`. */
  | {
      readonly kind: 'remove';
      readonly name: string;
      readonly address: string;
      readonly isOwn: boolean;
      readonly isOverdue: boolean;
      readonly wished: WishedServer | null;
    }
  /** It drained, and HAProxy has lost it, in a reload: the old process sees its requests through. */
  | { readonly kind: 'forget'; readonly address: string; readonly wished: WishedServer };

const isSilent = ({ status }: ActualServer): boolean => /^(MAINT|DRAIN)/.test(status);

/**
 * Compares the wished set with HAProxy's. Servers of HAProxy's own configuration that nobody registered are left as
 * they are; none of them is ever deleted. A server with stormdrain's kind of name that nobody wishes for is removed.
 */
export const planServers = (
  document: WishedServers,
  actual: readonly ActualServer[],
  nowMillis: number,
  delaySeconds: number,
): readonly ServerChange[] => {
  const byAddress = new Map(actual.map((server) => [server.address, server]));
  const changes: ServerChange[] = [];
  for (const wished of Object.values(document.servers)) {
    const address = addressOf(wished);
    const server = byAddress.get(address);
    const name = server?.name ?? serverName(wished);
    const isOwn = isOwnServer(name);
    const since = wished.drainingSinceMillis;
    if (since === undefined) {
      if (server === undefined) changes.push({ kind: 'add', name, address });
      else if (isSilent(server)) changes.push({ kind: 'enable', name, address, isOwn });
      continue;
    }
    const isOverdue = nowMillis >= since + delaySeconds * 1000;
    if (server === undefined) {
      if (isOverdue) changes.push({ kind: 'forget', address, wished });
      continue;
    }
    if (!isSilent(server)) changes.push({ kind: 'silence', name, address });
    if (isOverdue || (isSilent(server) && server.inFlight === 0)) {
      changes.push({ kind: 'remove', name, address, isOwn, isOverdue, wished });
    }
  }
  for (const server of actual) {
    if (!isOwnServer(server.name) || document.servers[server.address] !== undefined) continue;
    const { name, address } = server;
    if (!isSilent(server)) changes.push({ kind: 'silence', name, address });
    else if (server.inFlight === 0) {
      changes.push({ kind: 'remove', name, address, isOwn: true, isOverdue: false, wished: null });
    }
  }
  return changes;
};

import { BalancerRefusedError } from '../../errors.ts';
import type { Balancer, BalancerTarget, RepairableBalancer } from '../ports/balancer.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { carryOutChange } from './carry-out-change.ts';
import { listHealth } from './list-health.ts';
import { type ActualServer, parseServers } from './parse-servers.ts';
import { planServers, type ServerChange } from './plan-servers.ts';
import type { RuntimeApi } from './runtime-api.ts';
import { addressOf, groupOf, parseBackend, serverName } from './server-name.ts';
import { defaultServerOptions } from './server-options.ts';
import { mergeDeregistered, mergeRegistered, mergeRemoved } from './wished-servers.ts';
import { changeWished, listWished, readWished } from './wished-store.ts';

export interface HaproxyOptions {
  readonly api: RuntimeApi;
  readonly store: ObjectStore;
  readonly nowMillis: () => number;
  /** How long requests in flight may go on after a server was deregistered. */
  readonly deregistrationDelaySeconds: number;
  /** Of an added server, behind its address; the configuration's `default-server` doesn't count for those. */
  readonly serverOptions?: string;
}

/** By address. */
type Refusals = Map<string, BalancerRefusedError>;

/** More only when others change the same backend all the time; the next repair sees to the rest. */
const mostPasses = 5;

/**
 * HAProxy 2.6 and newer through its runtime API; a group is `haproxy:<backend>`. What a backend is to have is kept in the
 * store first and then carried out, so that `repair` ends what was interrupted, gives back what a reload lost, and
 * removes what has drained.
 */
export const createHaproxyBalancer = (options: HaproxyOptions): Balancer & RepairableBalancer => {
  const { api, store, nowMillis, deregistrationDelaySeconds, serverOptions = defaultServerOptions } = options;
  if (/[;\n\r]/.test(serverOptions) || !/^check\b/.test(serverOptions)) {
    throw new BalancerRefusedError(
      `"${serverOptions}" can't be a server's options: begin with "check", since a server gets no requests until a check went well, and leave out ; and line ends`,
    );
  }
  const actual = async (backend: string): Promise<readonly ActualServer[] | undefined> =>
    parseServers(await api.ask(`show stat ${backend} 4 -1`));

  const carryOut = async (backend: string, refused: Refusals): Promise<readonly ServerChange[]> => {
    const servers = await actual(backend);
    if (servers === undefined) return [];
    // Read after HAProxy's list: a server that was wished for and added since can't look like nobody's.
    const document = await readWished(store, backend);
    const changes = planServers(document, servers, nowMillis(), deregistrationDelaySeconds);
    const done: ServerChange[] = [];
    for (const change of changes) {
      try {
        if (await carryOutChange(api, backend, change, serverOptions)) done.push(change);
      } catch (error) {
        // Of one server; the others don't wait for somebody to mend it.
        if (!(error instanceof BalancerRefusedError)) throw error;
        refused.set(change.address, error);
      }
    }
    const over = done.flatMap((change) =>
      (change.kind === 'remove' || change.kind === 'forget') && change.wished !== null ? [change.wished] : [],
    );
    if (over.length > 0) await changeWished(store, backend, (before) => mergeRemoved(before, over));
    return done;
  };

  // Looks again after whatever it did: of two at once, the one that acts last has then seen the other's wish.
  const converge = async (
    backend: string,
    isAsked: (address: string) => boolean,
  ): Promise<readonly ServerChange[]> => {
    const all: ServerChange[] = [];
    const refused: Refusals = new Map();
    for (let pass = 0; pass < mostPasses; pass++) {
      refused.clear();
      const done = await carryOut(backend, refused);
      if (done.length === 0) break;
      all.push(...done);
    }
    for (const [address, error] of refused) if (isAsked(address)) throw error;
    return all;
  };
  const isAmong = (targets: readonly BalancerTarget[]): ((address: string) => boolean) => {
    const addresses = new Set(targets.map(addressOf));
    return (address) => addresses.has(address);
  };

  const deregister = async (group: string, targets: readonly BalancerTarget[]): Promise<void> => {
    const backend = parseBackend(group);
    await changeWished(store, backend, (before) => mergeDeregistered(before, targets, nowMillis()));
    await converge(backend, isAmong(targets));
  };

  return {
    describeGroups: async (groups) => {
      const described = [];
      for (const group of groups) {
        if ((await actual(parseBackend(group))) === undefined) continue;
        described.push({ group, targetType: 'ip' as const, deregistrationDelaySeconds, isInUse: true });
      }
      return described;
    },
    register: async (group, targets) => {
      const backend = parseBackend(group);
      for (const target of targets) serverName(target);
      if ((await actual(backend)) === undefined) {
        throw new BalancerRefusedError(
          `HAProxy has no backend "${backend}": add it to HAProxy's configuration or correct the tag stormdrain.balancer`,
        );
      }
      await changeWished(store, backend, (before) => mergeRegistered(before, targets));
      await converge(backend, isAmong(targets));
    },
    deregister,
    health: async (group) => {
      const backend = parseBackend(group);
      const servers = await actual(backend);
      return servers === undefined ? [] : listHealth(await readWished(store, backend), servers);
    },
    knownGroups: async () => (await listWished(store)).map(groupOf),
    repair: async (group) => {
      const done = await converge(parseBackend(group), () => true);
      const count = (...kinds: readonly ServerChange['kind'][]): number =>
        done.filter(({ kind }) => kinds.includes(kind)).length;
      return {
        added: count('add', 'enable'),
        silenced: count('silence'),
        removed: count('remove', 'forget'),
      };
    },
  };
};

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActualServer } from '../../../src/platform/haproxy/parse-servers.ts';
import { planServers } from '../../../src/platform/haproxy/plan-servers.ts';
import { addressOf, serverName } from '../../../src/platform/haproxy/server-name.ts';
import {
  mergeDeregistered,
  mergeRegistered,
  mergeRemoved,
  type WishedServers,
} from '../../../src/platform/haproxy/wished-servers.ts';

const none: WishedServers = { version: 1, backend: 'web', servers: {} };
const target = (n: number) => ({ id: `10.0.0.${n}`, port: 8080 });
const aServer = (n: number, over: Partial<ActualServer> = {}): ActualServer => ({
  name: serverName(target(n)),
  address: addressOf(target(n)),
  status: 'UP',
  isUnchecked: false,
  inFlight: 0,
  ...over,
});
const kinds = (wished: WishedServers, actual: readonly ActualServer[], now = 0) =>
  planServers(wished, actual, now, 30).map(({ kind }) => kind);

describe('the plan of servers', () => {
  it('adds what is wished for and missing, as after a reload', () => {
    expect(kinds(mergeRegistered(none, [target(1), target(2)]), [aServer(2)])).toEqual(['add']);
  });

  it('silences a server that is deregistered, and keeps it while requests are in flight', () => {
    const wished = mergeDeregistered(mergeRegistered(none, [target(1)]), [target(1)], 0);
    expect(kinds(wished, [aServer(1, { inFlight: 2 })])).toEqual(['silence']);
    expect(kinds(wished, [aServer(1, { status: 'MAINT', inFlight: 2 })])).toEqual([]);
    expect(kinds(wished, [aServer(1, { status: 'MAINT' })])).toEqual(['remove']);
    expect(kinds(wished, [aServer(1, { status: 'MAINT', inFlight: 2 })], 30_000)).toEqual(['remove']);
  });

  it('leaves servers of the configuration alone that nobody registered', () => {
    expect(
      kinds(none, [aServer(1, { name: 'fixed' }), aServer(2, { name: 'spare', status: 'MAINT' })]),
    ).toEqual([]);
  });

  it("removes what has stormdrain's kind of name and is nobody's", () => {
    expect(kinds(none, [aServer(1)])).toEqual(['silence']);
    expect(kinds(none, [aServer(1, { status: 'MAINT' })])).toEqual(['remove']);
  });

  it('forgets a drain that a reload cut short only after its delay', () => {
    const wished = mergeDeregistered(mergeRegistered(none, [target(1)]), [target(1)], 0);
    expect(kinds(wished, [], 29_999)).toEqual([]);
    expect(kinds(wished, [], 30_000)).toEqual(['forget']);
  });

  it('does not forget a server that was registered again meanwhile', () => {
    const draining = mergeDeregistered(mergeRegistered(none, [target(1)]), [target(1)], 5);
    const removed = Object.values(draining.servers);
    expect(mergeRemoved(draining, removed).servers).toEqual({});
    const back = mergeRegistered(draining, [target(1)]);
    expect(mergeRemoved(back, removed)).toBe(back);
  });

  it('never touches a server that is wished for and up, whatever else there is', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 20 })),
        fc.uniqueArray(fc.integer({ min: 1, max: 20 })),
        fc.uniqueArray(fc.integer({ min: 1, max: 20 })),
        fc.nat(60_000),
        (registered, left, there, now) => {
          const wished = mergeDeregistered(
            mergeRegistered(none, registered.map(target)),
            left.map(target),
            0,
          );
          const staying = registered.filter((n) => !left.includes(n)).map((n) => addressOf(target(n)));
          const plan = planServers(
            wished,
            there.map((n) => aServer(n)),
            now,
            30,
          );
          const touched = plan.filter(({ kind }) => kind !== 'add').map(({ address }) => address);
          expect(touched.filter((address) => staying.includes(address))).toEqual([]);
          const added = plan.filter(({ kind }) => kind === 'add').map(({ address }) => address);
          const absent = staying.filter((address) => !there.some((n) => addressOf(target(n)) === address));
          expect([...added].sort()).toEqual([...absent].sort());
        },
      ),
    );
  });
});

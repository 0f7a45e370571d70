import { describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../src/errors.ts';
import type { ControlDocument } from '../../src/run/documents.ts';
import { runKeys } from '../../src/run/run-keys.ts';
import { watchRun } from '../../src/worker/watch-run.ts';
import { aControl, MemoryStore, startOfTime } from '../run/builders.ts';

const keys = runKeys('r1');
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const lease = (renewal: number) =>
  encode({ version: 1, runId: 'r1', renewedAt: new Date(renewal).toISOString(), leaseSeconds: 8 });

/** Watches for a number of polls, each a second long on the worker's clock; `at` acts before a poll. */
const watch = async (polls: number, at: (poll: number, store: MemoryStore) => void) => {
  const store = new MemoryStore();
  const control = aControl({ timing: { ...aControl().timing, pollMillis: 1, leaseSeconds: 8 } });
  await store.put(keys.control, encode(control));
  await store.put(keys.lease, lease(0));
  const seen: ControlDocument[] = [];
  let expiredAt: number | undefined;
  let poll = -1;
  const watching = new AbortController();
  store.before = (operation, key) => {
    if (operation !== 'get' || key !== keys.control) return;
    poll++;
    if (poll >= polls) watching.abort();
    at(poll, store);
  };
  await watchRun(
    { store, clock: { nowMillis: () => startOfTime + poll * 1000 } },
    'r1',
    control,
    { control: (read) => seen.push(read), leaseExpired: () => (expiredAt ??= poll) },
    watching.signal,
  );
  return { seen, expiredAt };
};

describe('watching a run', () => {
  it('hears of each control once', async () => {
    const { seen } = await watch(10, (poll, store) => {
      if (poll === 5) void store.put(keys.control, encode(aControl({ wantedWorkers: 7 })));
    });
    expect(seen.map((control) => control.wantedWorkers)).toEqual([2, 7]);
  });

  it('takes a lease for expired that was read unchanged for its length', async () => {
    const { expiredAt } = await watch(20, () => undefined);
    expect(expiredAt).toBe(9);
  });

  it('takes a lease that is gone for expired as well', async () => {
    const { expiredAt } = await watch(20, (poll, store) => void (poll === 3 && store.delete(keys.lease)));
    expect(expiredAt).toBeLessThanOrEqual(12);
  });

  it('goes on as long as the lease is renewed', async () => {
    const { expiredAt } = await watch(60, (poll, store) => {
      if (poll % 7 === 0) void store.put(keys.lease, lease(poll));
    });
    expect(expiredAt).toBeUndefined();
  });

  it('reads the lease about six times in its length, not at every poll', async () => {
    let reads = 0;
    const store = new MemoryStore();
    const watching = new AbortController();
    const control = aControl({ timing: { ...aControl().timing, pollMillis: 1, leaseSeconds: 80 } });
    let polls = 0;
    store.before = (_, key) => {
      if (key === keys.control && ++polls > 240) watching.abort();
      if (key !== keys.lease) return;
      reads++;
      void store.objects.set(keys.lease, { body: lease(polls), etag: `"${polls}"` });
    };
    const on = { control: () => undefined, leaseExpired: () => undefined };
    const clock = { nowMillis: () => startOfTime + polls * 1000 };
    await watchRun({ store, clock }, 'r1', control, on, watching.signal);
    // Three lengths.
    expect(reads).toBeGreaterThanOrEqual(17);
    expect(reads).toBeLessThanOrEqual(20);
  });

  it('does not take a failed read for an expired lease', async () => {
    let reads = 0;
    const store = new MemoryStore();
    const watching = new AbortController();
    const control = aControl({ timing: { ...aControl().timing, pollMillis: 1, leaseSeconds: 8 } });
    await store.put(keys.lease, lease(0));
    let expired = false;
    let now = startOfTime;
    store.before = (_, key) => {
      now += 1000;
      if (key !== keys.lease) return;
      if (++reads > 40) watching.abort();
      // Every fourth read succeeds: the lease was never seen unchanged for its length without a failure between.
      if (reads % 4 !== 0) throw new StoreUnavailableError('the store is away');
    };
    const on = {
      control: () => undefined,
      leaseExpired: () => {
        expired = true;
      },
    };
    await watchRun({ store, clock: { nowMillis: () => now } }, 'r1', control, on, watching.signal);
    expect(expired).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { DocumentInvalidError, StoreUnavailableError } from '../../../src/errors.ts';
import { findPlace } from '../../../src/platform/aws/find-place.ts';
import { encodePlaces, placesKey } from '../../../src/platform/aws/places-document.ts';
import { VirtualTime } from '../../../src/platform/local/virtual-time.ts';
import { MemoryStore } from '../../run/builders.ts';

const key = placesKey('r1', '000000-spot-000000', 0);
const places = encodePlaces({
  version: 1,
  capacity: 'spot',
  places: { 'arn:a': { shard: 3, attempt: 1 } },
});

const aSearch = (overrides: Partial<Parameters<typeof findPlace>[0]> = {}) => {
  const time = new VirtualTime();
  const store = new MemoryStore();
  const interruption = new AbortController();
  const search = findPlace({
    store,
    key,
    taskArn: 'arn:a',
    interrupted: interruption.signal,
    time: { nowMillis: () => time.nowMillis(), sleep: (millis) => time.sleep(millis) },
    random: () => 0.5,
    ...overrides,
  });
  return { time, store, interruption, search };
};

describe('a task that looks for its place', () => {
  it('waits until the places are written', async () => {
    const { time, store, search } = aSearch();
    void time.sleep(20_000).then(() => store.put(key, places));
    expect(await time.run(search)).toEqual({ kind: 'found', place: { shard: 3, attempt: 1 } });
  });

  it('goes when the places were given to others', async () => {
    const { time, store, search } = aSearch({ taskArn: 'arn:surplus' });
    await store.put(key, places);
    expect(await time.run(search)).toEqual({ kind: 'not wanted' });
  });

  it('goes after three minutes when nobody tells', async () => {
    const { time, search } = aSearch();
    expect(await time.run(search)).toEqual({ kind: 'not told' });
    expect(time.nowMillis()).toBeGreaterThanOrEqual(180_000);
    expect(time.nowMillis()).toBeLessThan(190_000);
  });

  it('goes when it is told to, at the next look', async () => {
    const { time, interruption, search } = aSearch();
    void time.sleep(30_000).then(() => interruption.abort());
    expect(await time.run(search)).toEqual({ kind: 'interrupted' });
    expect(time.nowMillis()).toBeLessThan(36_000);
  });

  it('waits for a store that is away as it waits for the places', async () => {
    const { time, store, search } = aSearch();
    await store.put(key, places);
    store.before = () => {
      if (time.nowMillis() < 60_000) throw new StoreUnavailableError('the store is away');
    };
    expect(await time.run(search)).toMatchObject({ kind: 'found' });
  });

  it('does not guess what a document of another version means', async () => {
    const { time, store, search } = aSearch();
    await store.put(key, new TextEncoder().encode('{"version":2}'));
    await expect(time.run(search)).rejects.toThrow(DocumentInvalidError);
  });
});

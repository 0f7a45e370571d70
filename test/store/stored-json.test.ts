import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { MemoryStore } from '../../src/platform/local/memory-store.ts';
import { VirtualTime } from '../../src/platform/local/virtual-time.ts';
import { readJson, updateJson, writeJson } from '../../src/store/stored-json.ts';

const key = 'state/counted.json';
const counted = z.object({ count: z.number() });

/** A rival writes between each of the first reads and the write after it. */
class RacedStore extends MemoryStore {
  lost = 0;
  #reads = 0;

  override async get(...asked: Parameters<MemoryStore['get']>) {
    const got = await super.get(...asked);
    if (this.#reads++ < this.lost) await writeJson(this, key, { count: 100 * this.#reads });
    return got;
  }
}

const aRace = (lost: number) => {
  const time = new VirtualTime(0);
  const store = new RacedStore({ time });
  store.lost = lost;
  const pauses: number[] = [];
  const sleep = (millis: number): Promise<void> => {
    pauses.push(millis);
    return time.sleep(millis);
  };
  const patience = { time: { sleep }, random: () => 0.5 };
  const update = () =>
    time.run(updateJson(store, key, counted, (now) => ({ count: (now?.count ?? 0) + 1 }), patience));
  const count = async () => (await time.run(readJson(store, key, counted)))?.value.count;
  return { count, pauses, update };
};

describe('a document that is changed by compare-and-set', () => {
  it("begins again from what others wrote, after a pause in its caller's time", async () => {
    const { count, pauses, update } = aRace(3);
    await update();
    expect(await count()).toBe(301);
    expect(pauses).toEqual([5, 10, 20]);
  });

  it('is given up after eight lost races', async () => {
    const { count, update } = aRace(8);
    await expect(update()).rejects.toThrow('was changed by others 8 times in a row; try again');
    expect(await count()).toBe(800);
  });
});

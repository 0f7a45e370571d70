import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { emptyTally, secondOf, type Tally } from '../../src/stats/tally.ts';
import type { LoadLane } from '../../src/worker/load-lane.ts';
import { segmentTicker } from '../../src/worker/segment-ticker.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: 0 });
});

afterEach(() => {
  vi.useRealTimers();
});

interface Shipped {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly tally: Tally;
  readonly final: boolean;
}

/** Segments of 2 s, of a lane whose n-th cut holds n + 1 arrivals and comes when `cutAfter(n)` has resolved. */
const ticking = (cutAfter: (cut: number) => Promise<void> = async () => undefined) => {
  const shipped: Shipped[] = [];
  let looks = 0;
  let cuts = 0;
  const lane: Pick<LoadLane, 'look' | 'openSockets' | 'cut'> = {
    look: () => {
      looks++;
    },
    openSockets: () => looks,
    async cut() {
      const cut = cuts++;
      await cutAfter(cut);
      const tally = emptyTally();
      secondOf(tally, 0).arrived = cut + 1;
      return tally;
    },
  };
  let load: LoadLane | undefined;
  const ticker = segmentTicker({
    clock: { nowMicros: () => Date.now() * 1000 },
    shipper: {
      ship: (fromSeconds, toSeconds, tally, final) =>
        void shipped.push({ fromSeconds, toSeconds, tally, final }),
      shipped: async () => shipped.length,
    },
    probe: { look: () => ({ cpuMicros: 1000, memoryBytes: 7e6 }) },
    worker: '0/1',
    segmentSeconds: 2,
    load: () => load,
  });
  const start = (): void => {
    load = lane as LoadLane;
  };
  return { ticker, shipped, start, looks: () => looks };
};

const arrivedIn = ({ tally }: Shipped): number => tally.seconds.get(0)?.arrived ?? 0;

describe('the segment ticker', () => {
  it('looks each second and ships each segment, with what the whole worker used', async () => {
    const { ticker, shipped, start, looks } = ticking();
    start();
    await vi.advanceTimersByTimeAsync(4500);
    await ticker.finish();
    expect(looks()).toBe(5);
    expect(shipped.map(({ fromSeconds, toSeconds, final }) => [fromSeconds, toSeconds, final])).toEqual([
      [0, 2, false],
      [2, 4, false],
      [4, 4.5, true],
    ]);
    expect(shipped.map(arrivedIn)).toEqual([1, 2, 3]);
    expect(shipped[0]?.tally.generators.get('0/1')).toMatchObject({
      cpuMicros: 2000,
      wallMicros: 2e6,
      peakMemoryBytes: 7e6,
      peakSockets: 2,
    });
    expect(shipped[2]?.tally.generators.get('0/1')).toMatchObject({ cpuMicros: 1000, peakSockets: 5 });
  });

  it('ships signs of life before the load has started', async () => {
    const { ticker, shipped } = ticking();
    await vi.advanceTimersByTimeAsync(2000);
    await ticker.finish();
    expect(shipped.map(arrivedIn)).toEqual([0, 0]);
    expect(shipped.map(({ final }) => final)).toEqual([false, true]);
  });

  it('ships segments in order, whichever is cut first', async () => {
    const slow = Promise.withResolvers<void>();
    const { ticker, shipped, start } = ticking((cut) => (cut === 0 ? slow.promise : Promise.resolve()));
    start();
    await vi.advanceTimersByTimeAsync(4000);
    expect(shipped).toEqual([]);
    slow.resolve();
    await ticker.finish();
    expect(shipped.map(arrivedIn)).toEqual([1, 2, 3]);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { updatePartitions } from '../../../src/logs/catalog/update-partitions.ts';
import { keysUnder, World } from './support/a-world.ts';
import { compactNight } from './support/compact-night.ts';
import { toldPorts } from './support/faulty-ports.ts';

const hour = 3_600_000;
const rounds = Number(process.env.STORMDRAIN_FAULTS_ROUNDS ?? 4);

/** Numbers from 0 to below 1, the same for a seed. */
const seeded = (seed: number) => () => {
  seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
  return seed / 2 ** 32;
};

describe('two executions and an update of the catalog at once', () => {
  beforeEach(() => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
  });
  afterEach(() => vi.restoreAllMocks());

  it('show each record once at every moment, and come to an end', async () => {
    for (let seed = 1; seed <= rounds; seed++) {
      const random = seeded(seed);
      const world = new World();
      await world.setUp(['2026-11-19']);
      await world.write('2026-11-19');
      // Kept, because whoever removes goes on with the next table after any error.
      const wrong: string[] = [];
      const check = async (call: string): Promise<void> => {
        const written = [...world.written].sort();
        const read = await world.query(await world.view()).catch((error: unknown) => [String(error)]);
        if (read.join() !== written.join()) wrong.push(`${call}, seed ${seed}: ${read.join()}`);
      };
      const pause = async (): Promise<void> => {
        // Mostly none, sometimes for as long as the other one takes for several calls.
        for (let left = random() < 0.2 ? random() * 3000 : 0; left > 1; left--) await Promise.resolve();
      };
      let late = 6;
      // One call at a time, and a query after each: what is compared must not change meanwhile.
      let turn: Promise<unknown> = Promise.resolve();
      const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
        const done = turn.then(work);
        turn = done.catch(() => undefined);
        return done;
      };
      const ports = toldPorts(world.ports, {
        before: async () => {
          await pause();
          if (late > 0 && random() < 0.1) {
            late--;
            await inTurn(() => world.write('2026-11-19'));
          }
        },
        after: (call) => inTurn(() => check(call)),
      });
      const unload = async (sql: string): Promise<void> => {
        await pause();
        await inTurn(() => world.unload(sql));
      };
      for (let night = 1; night <= 12; night++) {
        const ended = await Promise.allSettled([
          compactNight(ports, unload),
          compactNight(ports, unload),
          updatePartitions(ports, { isThorough: true }, 60_000),
        ]);
        for (const one of ended)
          if (one.status === 'rejected')
            expect(String(one.reason)).toMatch(/StoreConflict|could not be removed|try again|is not empty/);
        world.nowMillis += 13 * hour;
      }
      expect(wrong).toEqual([]);
      expect(await keysUnder(world, 'logs/')).toEqual([]);
      expect(await keysUnder(world, 'tables/')).toEqual([]);
      expect((await keysUnder(world, 'compacted/')).length).toBe(1);
    }
  });
});

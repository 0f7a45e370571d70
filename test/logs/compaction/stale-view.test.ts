import { describe, expect, it } from 'vitest';
import { prepareDay } from '../../../src/logs/compaction/prepare-day.ts';
import { removeOld } from '../../../src/logs/compaction/remove-old.ts';
import { switchDay } from '../../../src/logs/compaction/switch-day.ts';
import type { CatalogView } from '../../../src/platform/ports/log-catalog.ts';
import { keysUnder, shop, table, World } from './support/a-world.ts';
import { compactNight } from './support/compact-night.ts';
import { toldPorts } from './support/faulty-ports.ts';

const hour = 3_600_000;

describe('two who replace the view at once', () => {
  it('leave it as the state says, though the one with the older state is the last to write', async () => {
    const world = new World();
    const days = ['2026-11-18', '2026-11-19'];
    await world.setUp(days);
    const switches: (() => Promise<unknown>)[] = [];
    let letFirstWrite = (): void => undefined;
    const isSecondDone = new Promise<void>((resolve) => {
      letFirstWrite = resolve;
    });
    let updates = 0;
    const ports = toldPorts(world.ports, {
      before: async (call) => {
        if (call.startsWith('catalog.update') && updates++ === 0) await isSecondDone;
      },
      after: () => undefined,
    });
    for (const day of days) {
      await world.write(day);
      const item = { ...shop, table, day };
      const prepared = await prepareDay(ports, item);
      if (prepared.kind === 'nothing') throw new Error('nothing was prepared');
      await world.unload(prepared.sql);
      switches.push(() => switchDay(ports, { ...item, generation: prepared.generation }));
    }
    const first = switches[0]?.();
    while (updates === 0) await Promise.resolve();
    await switches[1]?.();
    const whole = await world.view();
    letFirstWrite();
    await first;
    expect(whole).toContain('"generation" IN (1, 2)');
    expect(await world.view()).toBe(whole);
  });
});

describe('a view that somebody has put back', () => {
  it('is replaced again, and what it reads stays for another day', async () => {
    const world = new World();
    await world.setUp(['2026-11-19']);
    await world.write('2026-11-19');
    const before = (await world.catalog.entry(table)) as CatalogView;
    await compactNight(world.ports, (sql) => world.unload(sql));
    const after = await world.view();
    expect(after).not.toBe(before.sql);

    world.nowMillis += 25 * hour;
    await world.catalog.update(before);
    await removeOld(world.ports, { after: '' });
    expect(await world.view()).toBe(after);
    expect(await world.query(before.sql)).toEqual(world.written);

    world.nowMillis += 23 * hour;
    await removeOld(world.ports, { after: '' });
    expect(await world.query(before.sql)).toEqual(world.written);

    world.nowMillis += 2 * hour;
    await removeOld(world.ports, { after: '' });
    expect(await keysUnder(world, 'logs/')).toEqual([]);
    expect(await world.query(await world.view())).toEqual(world.written);
  });
});

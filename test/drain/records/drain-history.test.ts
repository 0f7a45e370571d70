import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { progressKey, writeProgress } from '../../../src/drain/coordinator/drain-progress.ts';
import { type LeavingInstance, leavingKey } from '../../../src/drain/leaving/leaving-document.ts';
import { drainHistory } from '../../../src/drain/operator/direct-drain-api.ts';
import { type DrainRecord, recordKey } from '../../../src/drain/records/drain-record.ts';
import { nameOfId } from '../../../src/drain/records/read-drain.ts';
import { namesAround, parseRecordName, recordName } from '../../../src/drain/records/record-name.ts';
import { findRunning } from '../../../src/drain/records/running-drains.ts';
import { writeUnhurried } from '../../../src/drain/unhurried/unhurried-progress.ts';
import { MemoryStore } from '../../../src/platform/local/memory-store.ts';
import type { DrainListEntry } from '../../../src/platform/ports/drain-api.ts';
import { aDrainRecord } from '../../api/builders.ts';
import { aDrain, aState, aTask } from '../support/a-drain.ts';
import { aDocument, aLeaving, anEntry, now } from '../support/leaving-builders.ts';

/** A drain of an instance, heard of at an instant; its id is made as mergeLeaving makes it. */
const named = (number: number, heardAtMillis: number) => {
  const instanceId = `i-${number.toString(16).padStart(8, '0')}`;
  const drainId = `${instanceId}-${Math.floor(heardAtMillis / 1000).toString(36)}`;
  return { instanceId, drainId, heardAtMillis };
};

const aRecord = (number: number, heardAtMillis: number): DrainRecord =>
  aDrainRecord({ ...named(number, heardAtMillis), cluster: 'web' });

const aRunning = (number: number, heardAtMillis: number, rest: Partial<LeavingInstance> = {}) =>
  anEntry({ ...named(number, heardAtMillis), notices: [aLeaving({ ...named(number, 0) })], ...rest });

const aHistory = async (
  records: readonly DrainRecord[],
  running: readonly LeavingInstance[] = [],
  others: Readonly<Record<string, string>> = {},
) => {
  const store = new MemoryStore({ time: { sleep: () => Promise.resolve() } });
  const put = (key: string, text: string) => store.put(key, new TextEncoder().encode(text));
  for (const record of records) await put(recordKey(record), JSON.stringify(record));
  if (running.length > 0) await put(leavingKey('web'), JSON.stringify(aDocument(running)));
  for (const [key, text] of Object.entries(others)) await put(key, text);
  const read: string[] = [];
  let listed = 0;
  const counting = {
    get: (key: string) => {
      read.push(key);
      return store.get(key);
    },
    put: store.put.bind(store),
    delete: store.delete.bind(store),
    async *list(prefix: string, options?: { readonly startAfter?: string }) {
      for await (const key of store.list(prefix, options)) {
        listed++;
        yield key;
      }
    },
  };
  const ports = { store: counting, clusters: ['web', 'shop'], time: { nowMillis: () => now } };
  return { ...drainHistory(ports), ports, read, listed: () => listed };
};

const pages = async (list: Awaited<ReturnType<typeof aHistory>>['list'], limit: number) => {
  const all: DrainListEntry[] = [];
  let after: string | undefined;
  do {
    const page = await list({ limit, ...(after === undefined ? {} : { after }) });
    all.push(...page.drains);
    expect(page.drains.length).toBeLessThanOrEqual(limit);
    after = page.next;
  } while (after !== undefined);
  return all;
};

const millis = fc.integer({ min: 0, max: 9_999_999_999_000 });
/** At the edges of a second, too. */
const instants = fc.oneof(
  millis,
  millis.map((at) => at - (at % 1000)),
  millis.map((at) => at - (at % 1000) + 999),
);
const numbers = fc.integer({ min: 0, max: 0xffff_ffff });

describe('the name of a record', () => {
  it('says whose it is and when it began, sorts newest first, and is found by its id', () => {
    fc.assert(
      fc.property(numbers, instants, numbers, instants, (one, at, other, otherAt) => {
        const drain = named(one, at);
        const name = recordName(drain);
        expect(parseRecordName(name)).toEqual(drain);
        if (at > otherAt) expect(name < recordName(named(other, otherAt))).toBe(true);
        const around = namesAround(drain.drainId);
        expect(around !== undefined && around.after < name && name < around.upTo).toBe(true);
      }),
    );
  });

  it('is no other object’s', () => {
    for (const name of ['README', '0000000000001-web.json', '0000000000001-i-0b-1.json.tmp', '1-i-0b-1.json'])
      expect(parseRecordName(name)).toBeUndefined();
  });
});

describe('the list of drains', () => {
  it('has each drain once, newest first, whatever the size of its pages', async () => {
    const drains = fc.uniqueArray(
      fc.record({
        number: fc.integer({ min: 1, max: 40 }),
        at: fc.integer({ min: now - 5_000_000, max: now }),
        isRunning: fc.boolean(),
        hasRecord: fc.boolean(),
        pace: fc.constantFrom('hurried' as const, 'unhurried' as const),
      }),
      { selector: ({ number }) => number, maxLength: 15 },
    );
    await fc.assert(
      fc.asyncProperty(drains, fc.integer({ min: 1, max: 16 }), async (all, limit) => {
        const records = all.filter((one) => one.hasRecord || !one.isRunning);
        const running = all.filter((one) => one.isRunning);
        const { list } = await aHistory(
          records.map(({ number, at }) => aRecord(number, at)),
          running.map(({ number, at, pace }) => aRunning(number, at, { pace })),
        );
        const expected = all
          .map(({ number, at, isRunning, hasRecord }) => ({
            ...named(number, at),
            // Whoever ended it wrote its record first.
            outcome: isRunning && !hasRecord ? 'running' : 'empty',
          }))
          .sort((a, b) => (recordName(a) < recordName(b) ? -1 : 1));
        expect(await pages(list, limit)).toMatchObject(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('reads no more records than it shows', async () => {
    const many = Array.from({ length: 40 }, (_, number) => aRecord(number, now - number * 1000));
    const { list, read, listed } = await aHistory(many);
    await list({ limit: 5 });
    expect(read.filter((key) => key.startsWith('decisions/'))).toHaveLength(5);
    expect(listed()).toBe(6);
  });

  it('shows drains that go on though their progress cannot be read', async () => {
    const running = [aRunning(1, now - 1000), aRunning(2, now - 2000, { pace: 'unhurried' })];
    const { list, show } = await aHistory([], running, {
      [progressKey('web')]: '{"version":7}',
      [`state/unhurried/web/${running[1]?.drainId}.json`]: '{',
    });
    expect(await list({ limit: 5 })).toMatchObject({
      drains: [{ outcome: 'running' }, { outcome: 'running', marginSeconds: null }],
    });
    expect(await show(running[1]?.drainId ?? '')).toMatchObject({ cluster: 'web', tasks: { seen: 0 } });
  });

  it('shows how far drains are, hurried and not', async () => {
    const running = [aRunning(1, now - 1000), aRunning(2, now - 2000, { pace: 'unhurried' })];
    const [hurried, unhurried] = running.map(({ drainId, instanceId }, place) =>
      aDrain([aTask({ taskArn: `task/${place}` })], { drainId, instanceId, heardAtMillis: now - 2000 }),
    );
    if (hurried === undefined || unhurried === undefined) throw new Error('two were made');
    const { ports, show } = await aHistory([], running);
    await writeProgress(ports.store, 'web', aState(hurried), { ifAbsent: true });
    const progress = {
      cluster: 'web',
      drainId: unhurried.drainId,
      state: aState(unhurried),
      hasDeadline: false,
      hooks: {},
      protectedUntil: {},
      outcome: null,
    };
    await writeUnhurried(ports.store, progress, undefined);
    for (const { drainId } of running)
      expect(await show(drainId)).toMatchObject({ drainId, outcome: 'running', tasks: { seen: 1 } });
  });

  it('leaves out what has ended, and objects that are no records', async () => {
    const ended = [
      aRunning(1, now, { endedAtMillis: now }),
      aRunning(2, now, { endedAtMillis: now, pace: 'unhurried' }),
    ];
    const { list } = await aHistory([], ended, {
      'decisions/drains/README': '?',
    });
    expect(await list({ limit: 5 })).toEqual({ drains: [] });
  });

  it('does not hide that what is known of a cluster cannot be read', async () => {
    const { list } = await aHistory([aRecord(1, now)], [], { [leavingKey('shop')]: '{}' });
    await expect(list({ limit: 5 })).rejects.toThrow(leavingKey('shop'));
  });
});

describe('one drain', () => {
  it('is found by its id among many without reading all their names', async () => {
    const many = Array.from({ length: 500 }, (_, number) => aRecord(number, now - number * 1000));
    const { show, listed } = await aHistory(many);
    const last = many.at(-1)?.drainId ?? '';
    expect((await show(last)).drainId).toBe(last);
    expect(listed()).toBeLessThan(4);
  });

  it('is known not to be there after a few names, too', async () => {
    const many = Array.from({ length: 500 }, (_, number) => aRecord(number, now - number * 1000));
    const { ports, listed } = await aHistory(many);
    const nobody = named(501, now - 100_000).drainId;
    expect(await nameOfId(ports, await findRunning(ports), nobody)).toBeUndefined();
    expect(listed()).toBeLessThan(4);
  });

  it('is the newest of its instance', async () => {
    const records = [aRecord(1, now - 9000), aRecord(1, now - 5000), aRecord(2, now)];
    const { show } = await aHistory(records, [aRunning(3, now - 7000)]);
    expect((await show('i-00000001')).heardAtMillis).toBe(now - 5000);
    expect((await show('i-00000003')).outcome).toBe('running');
  });

  it('is found by the beginning of its id, unless others begin so: then some are named', async () => {
    const { show } = await aHistory(Array.from({ length: 20 }, (_, number) => aRecord(number, now - number)));
    expect((await show('i-00000013')).instanceId).toBe('i-00000013');
    expect((await show(aRecord(5, now - 5).drainId.slice(0, -2))).instanceId).toBe('i-00000005');
    await expect(show('i-0000001')).rejects.toThrow(/i-00000010-\w+, .* write more of it/);
    await expect(show('i-0000000')).rejects.toThrow(/and others/);
  });

  it('can be one whose id begins with the id of an older instance', async () => {
    const long = aDrainRecord({ instanceId: 'i-00000001ffffffff0', drainId: 'i-00000001ffffffff0-t9pyh0' });
    const { show } = await aHistory([{ ...long, heardAtMillis: now + 1000 }, aRecord(1, now)]);
    expect((await show('i-00000001')).instanceId).toBe('i-00000001');
    const longer = Array.from({ length: 9 }, (_, n) => `i-00000001fffffff0${n}`).map((instanceId) =>
      aDrainRecord({ instanceId, drainId: `${instanceId}-t9pyh0`, heardAtMillis: now + 1000 }),
    );
    const many = await aHistory([...longer, aRecord(1, now)]);
    expect((await many.show('i-00000001')).instanceId).toBe('i-00000001');
  });

  it('whose record cannot be read is told of by its key', async () => {
    const record = aRecord(1, now);
    const { show } = await aHistory([], [], { [recordKey(record)]: '{"version":9}' });
    await expect(show(record.drainId)).rejects.toMatchObject({
      name: 'DocumentInvalid',
      message: expect.stringContaining(recordKey(record)),
    });
  });

  it.each(['', 'web', 'i-', '../../x', 'i-00000001-'])('is none for %j', async (id) => {
    const { show } = await aHistory([]);
    await expect(show(id)).rejects.toMatchObject({ name: 'DrainNotFound' });
  });
});

import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findObject } from '../../../src/logs/salvage/find-object.ts';
import { type SalvageOutcome, salvageObject } from '../../../src/logs/salvage/salvage-object.ts';
import { MemoryStore } from '../../../src/platform/local/memory-store.ts';
import { World } from '../compaction/support/a-world.ts';
import { toldPorts } from '../compaction/support/faulty-ports.ts';

const key = 'logs/shop/app/year=2026/month=11/day=20/120000-abcdefgh.gz';
const salvagedKey = key.replace('.gz', '-salvaged.gz');
const lines = Array.from({ length: 400 }, (_, n) => JSON.stringify({ log: `line ${n} ${Math.sin(n)}` }));
const whole = gzipSync(lines.map((line) => `${line}\n`).join(''));

const aStore = async (body: Uint8Array): Promise<MemoryStore> => {
  const store = new MemoryStore({ time: { sleep: async () => undefined } });
  await store.put(key, body);
  return store;
};

const bodyOf = async (store: MemoryStore, at: string): Promise<Buffer | undefined> => {
  const got = await store.get(at);
  return got.kind === 'found' ? Buffer.from(got.body) : undefined;
};

const salvaged = async (body: Uint8Array): Promise<readonly string[]> => {
  const store = await aStore(body);
  const outcome = await salvageObject({ store, listing: store }, key);
  expect(outcome).toMatchObject({ kind: 'salvaged', key: salvagedKey, kept: `unreadable/${key}` });
  expect(await bodyOf(store, key)).toBeUndefined();
  expect(await bodyOf(store, `unreadable/${key}`)).toEqual(Buffer.from(body));
  const text = gunzipSync((await bodyOf(store, salvagedKey)) ?? Buffer.alloc(0)).toString();
  expect(text.endsWith('\n')).toBe(true);
  const found = text.slice(0, -1).split('\n');
  expect((outcome as SalvageOutcome & { lines: number }).lines).toBe(found.length);
  return found;
};

describe('salvageObject', () => {
  it('gives the whole lines of gzip that was cut off anywhere, and the rest of the last one', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 30, max: whole.length - 1 }), async (length) => {
        const found = await salvaged(whole.subarray(0, length));
        const complete = found.slice(0, -1);
        expect(complete).toEqual(lines.slice(0, complete.length));
        expect(lines[complete.length]?.startsWith(found.at(-1) ?? '')).not.toBe(
          found.at(-1)?.startsWith('Nothing of') === true,
        );
      }),
      { numRuns: 40, seed: 7 },
    ));

  it('loses nothing that comes before the damage', async () => {
    expect(await salvaged(whole.subarray(0, whole.length - 3))).toEqual(lines);
    expect(await salvaged(Buffer.concat([whole, Buffer.from('garbage')]))).toEqual(lines);
  });

  it('keeps the lines of text that was never gzip', async () => {
    expect(await salvaged(Buffer.from('{"log": "a"}\nb'))).toEqual(['{"log": "a"}', 'b']);
  });

  it.each([
    ['what is neither gzip nor text', Buffer.from([0, 1, 2, 255, 254])],
    ['gzip that breaks off at once', whole.subarray(0, 12)],
  ])('leaves one line about %s', async (_, body) => {
    expect(await salvaged(body)).toEqual([
      `Nothing of ${key} could be read. It is kept as unreadable/${key}.`,
    ]);
  });

  it.each([
    ['whole gzip', whole],
    ['two members', Buffer.concat([whole, whole])],
    ['nothing', new Uint8Array()],
  ])('leaves %s alone: a generation may hold its rows', async (_, body) => {
    const store = await aStore(body);
    expect(await salvageObject({ store, listing: store }, key)).toEqual({ kind: 'readable' });
    expect(await bodyOf(store, key)).toEqual(Buffer.from(body));
  });

  it('takes the name that SQL has for it, and says what it can not do', async () => {
    const store = await aStore(whole);
    const ports = { store, listing: store };
    expect(await salvageObject(ports, `${store.root}${key}`)).toEqual({ kind: 'readable' });
    expect(await salvageObject(ports, `${key}.gz`)).toEqual({ kind: 'missing' });
    for (const other of ['compacted/shop/app/x', 'state/logs/tables/a.json', 'logs/../x', ''])
      expect(await salvageObject(ports, other)).toEqual({ kind: 'not-a-log' });
  });

  it('goes on after a crash at any call', async () => {
    const broken = whole.subarray(0, 2000);
    for (let crashAt = 1; ; crashAt++) {
      const world = new World();
      await world.store.put(key, broken);
      let calls = 0;
      const ports = toldPorts(world.ports, {
        before: () => undefined,
        after: (call) => {
          if (++calls === crashAt) throw new Error(call);
        },
      });
      const crashed = await salvageObject(ports, key).then(
        () => false,
        () => true,
      );
      await salvageObject(world.ports, key);
      expect(await bodyOf(world.store, key)).toBeUndefined();
      expect(await bodyOf(world.store, `unreadable/${key}`)).toEqual(Buffer.from(broken));
      expect((await bodyOf(world.store, salvagedKey))?.length).toBeGreaterThan(100);
      if (!crashed) break;
    }
  });
});

describe('findObject', () => {
  it.each([
    `HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split s3://b/${key} (offset=0, length=9): Unexpected end of input stream`,
    `HIVE_CURSOR_ERROR: Failed to read file at s3://b/${key}`,
    JSON.stringify({ reason: `"s3://b/${key}"` }),
    `s3://b/athena-results/1.csv, then s3://b/${key}.`,
  ])('finds the log object in %s', (message) => {
    expect(findObject(message, 's3://b/')).toBe(key);
  });

  it.each(['', 's3://b/', 's3://other/x', `s3://c/${key}`, 's3://b/compacted/shop/app/x'])(
    'finds none in %j',
    (message) => {
      expect(findObject(message, 's3://b/')).toBeUndefined();
    },
  );
});

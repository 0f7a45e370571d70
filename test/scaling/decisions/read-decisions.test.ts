import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryStore } from '../../../src/platform/local/memory-store.ts';
import type { ExplainRequest } from '../../../src/platform/ports/scaling-api.ts';
import {
  dayPrefix,
  daysBetween,
  decisionsKey,
  tickIdOf,
} from '../../../src/scaling/decisions/decision-keys.ts';
import type { DecisionRow } from '../../../src/scaling/decisions/decision-row.ts';
import { readDecisions } from '../../../src/scaling/decisions/read-decisions.ts';
import { writeDecisions } from '../../../src/scaling/decisions/write-decisions.ts';

const hour = 3_600_000;
const noon = Date.UTC(2026, 10, 21, 12);
const time = { sleep: async () => undefined };

const rowOf = (atMillis: number, cluster: string, subject: string): DecisionRow => ({
  version: 1,
  at: new Date(atMillis).toISOString(),
  cluster,
  tick: tickIdOf(atMillis, cluster),
  subject,
  outcome: 'hold',
  reason: 'steady',
  from: null,
  to: null,
  sentence: `${subject} stays`,
  figures: '{}',
  carriedOut: '',
  policy: 'abc',
});

const write = async (
  store: MemoryStore,
  atMillis: number,
  cluster: string,
  ...subjects: readonly string[]
) => {
  const rows = subjects.map((subject) => rowOf(atMillis, cluster, subject));
  await writeDecisions(store, decisionsKey(tickIdOf(atMillis, cluster), atMillis), rows);
};

const since = { sinceMillis: noon - 72 * hour, untilMillis: noon + hour, limit: 100 };
const shown = async (store: MemoryStore, request: Partial<ExplainRequest> = {}) => {
  const page = await readDecisions(store, { ...since, ...request });
  return page.decisions.map(({ at, cluster, subject }) => `${at.slice(5, 16)} ${cluster} ${subject}`);
};

/** Three days, two clusters. */
const aLog = async (): Promise<MemoryStore> => {
  const store = new MemoryStore({ time });
  await write(store, noon - 48 * hour, 'shop', 'service/web');
  await write(store, noon - 24 * hour, 'batch', 'pool/spot');
  await write(store, noon - 2 * hour, 'shop', 'service/web', 'service/api');
  await write(store, noon, 'shop', 'service/api');
  await write(store, noon, 'batch', 'pool/spot');
  return store;
};

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('where decisions are kept', () => {
  it('is by the day in UTC, each number with its zeros', () => {
    const atMillis = Date.parse('2026-02-03T01:02:03.004Z');
    expect(decisionsKey(tickIdOf(atMillis, 'shop'), atMillis)).toBe(
      'tables/decisions/year=2026/month=02/day=03/20260203T010203004Z-shop.json.gz',
    );
  });

  it('is one of the days between two instants', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 400 * hour }),
        fc.integer({ min: 0, max: 400 * hour }),
        (from, length) => {
          const days = daysBetween(noon + from, noon + from + length).map(dayPrefix);
          expect(days).toContain(dayPrefix(noon + from));
          expect(days).toContain(dayPrefix(noon + from + length));
          expect(new Set(days).size).toBe(days.length);
          expect([...days].sort().reverse()).toEqual(days);
        },
      ),
      { seed: 6, numRuns: 200 },
    );
  });
});

describe('decisions that were logged', () => {
  it('are read newest first, those of one tick in its order', async () => {
    expect(await shown(await aLog())).toEqual([
      '11-21T12:00 shop service/api',
      '11-21T12:00 batch pool/spot',
      '11-21T10:00 shop service/web',
      '11-21T10:00 shop service/api',
      '11-20T12:00 batch pool/spot',
      '11-19T12:00 shop service/web',
    ]);
  });

  it('are those of a cluster, of a thing, of a while', async () => {
    const store = await aLog();
    expect(await shown(store, { cluster: 'batch' })).toHaveLength(2);
    expect(await shown(store, { subject: 'service/api' })).toEqual([
      '11-21T12:00 shop service/api',
      '11-21T10:00 shop service/api',
    ]);
    const while_ = { sinceMillis: noon - 24 * hour, untilMillis: noon - 1 };
    expect(await shown(store, while_)).toEqual([
      '11-21T10:00 shop service/web',
      '11-21T10:00 shop service/api',
      '11-20T12:00 batch pool/spot',
    ]);
  });

  it('are each on one page, whatever the pages hold', async () => {
    const store = await aLog();
    const all = (await readDecisions(store, since)).decisions;
    for (let limit = 1; limit <= 7; limit++)
      for (const subject of [undefined, 'service/api']) {
        const found: DecisionRow[] = [];
        let after: string | undefined;
        for (let pages = 0; pages < 10; pages++) {
          const page = await readDecisions(store, {
            ...since,
            limit,
            ...(subject === undefined ? {} : { subject }),
            ...(after === undefined ? {} : { after }),
          });
          expect(page.decisions.length).toBeLessThanOrEqual(limit);
          found.push(...page.decisions);
          after = page.next;
          if (after === undefined) break;
        }
        expect(after).toBeUndefined();
        expect(found).toEqual(all.filter((row) => subject === undefined || row.subject === subject));
      }
  });

  it('are read though one of their objects can not be', async () => {
    const store = await aLog();
    const broken = decisionsKey(tickIdOf(noon - hour, 'shop'), noon - hour);
    await store.put(broken, new TextEncoder().encode('no gzip'));
    await store.put(`${dayPrefix(noon)}notes.txt`, new Uint8Array());
    expect(await shown(store)).toHaveLength(6);
  });

  it('are looked for in 2,000 ticks a page, and the next one goes on', async () => {
    const store = new MemoryStore({ time });
    for (let n = 0; n < 2_050; n++) await write(store, noon - n * 60_000, 'shop', 'service/web');
    const request = { ...since, subject: 'service/api' };
    await write(store, noon - 2_049 * 60_000, 'shop', 'service/api');
    const first = await readDecisions(store, request);
    expect(first).toMatchObject({ decisions: [], next: expect.any(String) });
    const next = await readDecisions(store, { ...request, after: first.next ?? '' });
    expect(next.decisions).toHaveLength(1);
    expect(next.next).toBeUndefined();
  });

  it('are gone on with when a page ends with a day', async () => {
    const store = new MemoryStore({ time });
    const midnight = Date.UTC(2026, 10, 21);
    const empty = new TextEncoder().encode('');
    for (let n = 0; n < 2_000; n++) {
      const atMillis = midnight + n * 1_000;
      await store.put(decisionsKey(tickIdOf(atMillis, 'shop'), atMillis), empty);
    }
    await write(store, midnight - hour, 'shop', 'service/web');
    const { next } = await readDecisions(store, since);
    expect(await shown(store, { after: next ?? '' })).toEqual(['11-20T23:00 shop service/web']);
  });

  it('are refused with a cursor that comes from nowhere', async () => {
    const store = new MemoryStore({ time });
    await expect(readDecisions(store, { ...since, after: 'tomorrow' })).rejects.toMatchObject({
      name: 'BadInput',
    });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Demand } from '../../../src/scaling/demands/demand.ts';
import type { DemandDocument } from '../../../src/scaling/demands/demand-document.ts';
import { mergeDemands } from '../../../src/scaling/demands/merge-demands.ts';

const now = Date.UTC(2026, 10, 21);
const aRequest = (taskId: string): Demand => ({
  kind: 'request',
  cluster: 'shop',
  group: 'service:web',
  taskId,
  cpu: 512,
  memoryMib: 1024,
});
const aFailure = (service: string, atMillis: number): Demand => ({
  kind: 'placementFailure',
  cluster: 'shop',
  service,
  atMillis,
});

const anyDemand = fc.oneof(
  fc.integer({ min: 0, max: 9 }).map((n) => aRequest(`t-${n}`)),
  fc
    .tuple(fc.constantFrom('web', 'api'), fc.integer({ min: -100_000, max: 1_000 }))
    .map(([service, offset]) => aFailure(service, now + offset)),
);

const merged = (demands: readonly Demand[], document?: DemandDocument) =>
  mergeDemands(document, 'shop', demands, now).document;

describe('demands', () => {
  it('of one task count once', () => {
    const first = mergeDemands(undefined, 'shop', [aRequest('t-1'), aRequest('t-2'), aRequest('t-1')], now);
    expect(first.isNew).toEqual([true, true, false]);
    const again = mergeDemands(first.document, 'shop', [aRequest('t-2')], now + 9_000);
    expect(again).toEqual({ document: first.document, isNew: [false] });
    expect(again.document).toBe(first.document);
  });

  it('of a task that is tried again and still finds no room count from then on, and redeliveries do not', () => {
    const request = (sentAtMillis: number): Demand => ({ ...aRequest('t-1'), sentAtMillis }) as Demand;
    const first = mergeDemands(undefined, 'shop', [request(now - 20)], now);
    const redelivered = mergeDemands(first.document, 'shop', [request(now - 20)], now + 60_000);
    expect(redelivered.isNew).toEqual([false]);
    const again = mergeDemands(first.document, 'shop', [request(now + 59_000)], now + 60_000);
    expect(again.isNew).toEqual([true]);
    expect(again.document?.requests).toMatchObject([{ taskId: 't-1', heardAtMillis: now + 60_000 }]);
  });

  it('keep the newest failure of a service, and none from days to come', () => {
    const document = merged([aFailure('web', now - 5), aFailure('web', now - 9), aFailure('api', now + 9e9)]);
    expect(document?.placementFailures).toEqual({ web: now - 5, api: now });
  });

  it('of more than a day ago are forgotten, and no news', () => {
    const document = merged([aRequest('t-1'), aFailure('web', now)]);
    const later = now + 86_400_001;
    const next = mergeDemands(document, 'shop', [aRequest('t-2'), aFailure('api', now)], later);
    expect(next.isNew).toEqual([true, false]);
    expect(next.document?.requests).toMatchObject([{ taskId: 't-2', heardAtMillis: later }]);
    expect(next.document?.placementFailures).toEqual({});
  });

  it('are 2,000 at most, and the oldest go', () => {
    const old = merged(Array.from({ length: 2_000 }, (_, n) => aRequest(`old-${n}`)));
    const next = mergeDemands(old, 'shop', [aRequest('new-1'), aRequest('new-2')], now + 1);
    expect(next.document?.requests).toHaveLength(2_000);
    expect(next.document?.requests.slice(-2).map(({ taskId }) => taskId)).toEqual(['new-1', 'new-2']);
  });

  it('name 2,000 services at most, and the oldest go', () => {
    const many = Array.from({ length: 2_001 }, (_, n) => aFailure(`s-${n}`, now - 10_000 + n));
    const services = Object.keys(merged(many)?.placementFailures ?? {});
    expect(services).toHaveLength(2_000);
    expect(services).not.toContain('s-0');
  });

  it('make the same document in any order and number, in one batch or in several', () => {
    fc.assert(
      fc.property(fc.array(anyDemand, { maxLength: 12 }), fc.nat(), fc.nat(), (demands, turn, cut) => {
        const rotated = demands.map((_, n) => demands[(n + turn) % demands.length] ?? aRequest(''));
        const place = demands.length === 0 ? 0 : cut % demands.length;
        const once = merged(demands);
        expect(merged([...rotated, ...demands])).toEqual(once);
        expect(merged(rotated.slice(place), merged(rotated.slice(0, place)))).toEqual(once);
      }),
      { seed: 6, numRuns: 300 },
    );
  });
});

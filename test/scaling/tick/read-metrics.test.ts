import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MetricReadings } from '../../../src/scaling/cluster-snapshot.ts';
import { planMetricReads } from '../../../src/scaling/tick/plan-metric-reads.ts';
import { readMetrics } from '../../../src/scaling/tick/read-metrics.ts';
import { aServicePolicy } from '../support/a-policy.ts';
import { Shop } from '../support/a-shop.ts';

const names = Array.from({ length: 500 }, (_, n) => `s${n}`);

/** Of 500 services, some with a query that CloudWatch refuses. */
const read = async (wrong: readonly string[]) => {
  const shop = new Shop();
  for (const name of names) shop.metrics.cloudWatch.values.set(name, 20);
  for (const name of wrong) shop.metrics.cloudWatch.wrong.add(name);
  const services = names.map((service) => aServicePolicy({ service }));
  const planned = planMetricReads('shop', services, shop.nowMillis);
  const { readings, failures } = await readMetrics(shop.ports, planned, shop.nowMillis);
  const of = (wanted: (reading: MetricReadings | undefined) => boolean): readonly string[] =>
    names.filter((name) => wanted(readings.get(name)?.[0]));
  return {
    failures,
    blind: of((reading) => reading?.points.length === 0 && reading.failure !== undefined),
    seen: of((reading) => reading?.points.at(-1)?.value === 20 && reading.failure === undefined),
    calls: shop.paid.filter((bucket) => bucket === 'metricRead').length,
  };
};

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('metrics', () => {
  it('are read in one call where none is wrong', async () => {
    expect(await read([])).toMatchObject({ calls: 1, blind: [], failures: [] });
  });

  it.each([[['s0']], [['s499']], [['s17', 's18', 's311']]])(
    'that are refused blind their own services and no others: %j',
    async (wrong) => {
      const { blind, seen, failures, calls } = await read(wrong);
      expect(blind).toEqual(wrong);
      expect(seen).toHaveLength(500 - wrong.length);
      expect(failures).toEqual([]);
      expect(calls).toBeLessThanOrEqual(1 + 2 * 9 * wrong.length);
    },
  );

  it('are not looked for without end when all are refused', async () => {
    const { blind, failures, calls } = await read(names);
    expect(blind).toEqual(names);
    expect(calls).toBe(1 + 2 * 32);
    expect(failures).toContainEqual(expect.stringMatching(/^\d+ metrics were not read: .*refused/));
  });

  it('whose pages have no end are a failure', async () => {
    const shop = new Shop();
    const cloudWatch = {
      queriesPerCall: 500,
      read: async () => ({ series: [{ points: [] }], next: 'more' }),
    };
    const planned = planMetricReads('shop', [aServicePolicy()], shop.nowMillis);
    const ports = { ...shop.ports, metrics: { ...shop.metrics, cloudWatch } };
    const { failures } = await readMetrics(ports, planned, shop.nowMillis);
    expect(failures).toEqual([expect.stringContaining('more than 100 pages')]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localSurvey } from '../../src/platform/local/local-survey.ts';
import type { CapacitySurvey } from '../../src/platform/ports/capacity-survey.ts';
import { costSoFar } from '../../src/run/cost-so-far.ts';
import { decideBudget } from '../../src/run/decide-budget.ts';
import { finishRun } from '../../src/run/finish-run.ts';
import { observeRun } from '../../src/run/observe-run.ts';
import { encode, keys, startedRun } from './a-run.ts';
import { anEntry, aPlan, isoAt, startOfTime } from './builders.ts';

const price = { onDemandPerHourUsd: 0.04, spotPerHourUsd: 0.012, minimumSeconds: 60 };

const entries = fc.array(
  fc.record({
    capacity: fc.constantFrom('spot' as const, 'on-demand' as const),
    launched: fc.integer({ min: 0, max: 10_000 }),
    lasted: fc.option(fc.integer({ min: 0, max: 10_000 })),
    started: fc.boolean(),
  }),
  { maxLength: 30 },
);

const workersOf = (rows: typeof entries extends fc.Arbitrary<infer Rows> ? Rows : never) =>
  rows.map(({ capacity, launched, lasted, started }, shard) =>
    anEntry({
      shard,
      capacity,
      workerId: started ? `w-${shard}` : null,
      launchedAt: isoAt(launched),
      endedAt: lasted === null ? null : isoAt(launched + lasted),
    }),
  );

describe('the cost so far', () => {
  it('is what each launched worker took, by its price, and the shortest paid time at least', () => {
    fc.assert(
      fc.property(entries, fc.integer({ min: 10_000, max: 30_000 }), (rows, now) => {
        let expected = 0;
        for (const { capacity, launched, lasted, started } of rows) {
          if (!started) continue;
          const perHour = capacity === 'spot' ? price.spotPerHourUsd : price.onDemandPerHourUsd;
          expected += (Math.max(60, lasted ?? now - launched) * perHour) / 3600;
        }
        const { usd } = costSoFar(workersOf(rows), price, startOfTime + now * 1000);
        expect(usd).toBeCloseTo(expected, 9);
      }),
    );
  });

  it('never falls, and stops a run exactly when it is above the limit', () => {
    fc.assert(
      fc.property(entries, fc.double({ min: 0.0001, max: 10, noNaN: true }), (rows, maxCostUsd) => {
        const workers = workersOf(rows);
        let before = 0;
        for (const seconds of [20_000, 21_000, 50_000]) {
          const nowMillis = startOfTime + seconds * 1000;
          const { usd } = costSoFar(workers, price, nowMillis);
          expect(usd).toBeGreaterThanOrEqual(before);
          before = usd;
          expect(decideBudget({ maxCostUsd, price, workers, nowMillis }) !== undefined).toBe(
            usd > maxCostUsd,
          );
        }
      }),
    );
  });

  it('stops nothing without a limit or without a price', () => {
    const sight = { price, maxCostUsd: 0.0001, workers: [anEntry()], nowMillis: startOfTime + 1e9 };
    expect(decideBudget(sight)?.reason).toMatch(/more than the plan's maxCostUsd of \$0\.000100/);
    expect(decideBudget({ ...sight, maxCostUsd: undefined })).toBeUndefined();
    expect(decideBudget({ ...sight, price: null })).toBeUndefined();
  });
});

const priced: CapacitySurvey = {
  survey: async () => ({ ...(await localSurvey.survey()), price: { ...price, minimumSeconds: 0 } }),
};

describe('a run with a budget', () => {
  it('is stopped when it has cost more, by the price it was planned with, and says what it cost', async () => {
    const run = await startedRun(aPlan(), { survey: priced });
    // Two workers for 8 s at $0.04 an hour are $0.00018; the preflight would not have let it begin.
    await run.store.put(keys.plan, encode(aPlan({ maxCostUsd: 0.00018 })));
    await observeRun(run.ports, { runId: 'r1' });
    expect(run.control().stop).toBeUndefined();
    run.time.millis += 8000;
    await run.ship(0, 0, 10);
    await run.ship(1, 0, 10);
    await observeRun(run.ports, { runId: 'r1' });
    expect(run.control().stop?.reason).toMatch(/^it has cost \$0\.000\d+ \(0\.01 worker hours\)/);
    expect(run.control().epochs.at(-1)).toMatchObject({ rateScale: 0 });
    await finishRun(run.ports, { runId: 'r1' });
    expect(run.summary()).toMatchObject({ outcome: 'stopped', cost: { spotSeconds: 0 } });
    expect(run.summary().cost?.workerSeconds).toBeGreaterThan(15);
  });

  it('has no cost where load costs nothing', async () => {
    const run = await startedRun(aPlan({ maxCostUsd: 0.000001 }));
    run.time.millis += 9000;
    await observeRun(run.ports, { runId: 'r1' });
    expect(run.control().stop).toBeUndefined();
    await finishRun(run.ports, { runId: 'r1' });
    expect(run.summary().cost).toBeNull();
  });
});

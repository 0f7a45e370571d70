import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SimulationResult } from '../../src/scaling/simulate/simulation.ts';
import { aServiceSetup } from './simulate/builders.ts';
import { fewer, isAccepted, roundTripSeconds, seed } from './simulate/observe-trial.ts';
import { aTrial, directionsFrom, perTask, type Trial, tryOut } from './simulate/random-policies.ts';

/** Load that jumps between levels, so that everything happens that can. */
const aRestlessTrial = fc.record({
  trial: aTrial,
  levels: fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 3, maxLength: 6 }),
  outage: fc.integer({ min: 0, max: 3600 }),
});

const restless = ({ trial, levels, outage }: { trial: Trial; levels: readonly number[]; outage: number }) =>
  tryOut(trial, 3600, {
    metricOutages: [{ atSecond: outage, seconds: 900 }],
    services: [
      aServiceSetup({
        load: (second) => levels[Math.floor((second * levels.length) / 3600)] ?? 0,
        requestsPerSecondPerTask: perTask,
        initialTasks: trial.initialTasks,
        startSeconds: trial.startSeconds,
        stopSeconds: trial.stopSeconds,
        imagePullSeconds: 0,
        deployments: [{ atSecond: 1500, seconds: 120 }],
      }),
    ],
  });

const steps = ({ actions }: SimulationResult) =>
  actions.flatMap(({ second, action }) => (action.kind === 'setService' ? [{ second, ...action }] : []));

describe('policies that are accepted', () => {
  it('stay within minimum and maximum whatever comes, from the first tick on', () => {
    fc.assert(
      fc.property(aRestlessTrial, (case_) => {
        const { minimum, maximum } = case_.trial.service;
        const result = restless(case_);
        for (const { to } of steps(result)) {
          expect(to).toBeGreaterThanOrEqual(minimum);
          expect(to).toBeLessThanOrEqual(maximum);
        }
        const { initialTasks } = case_.trial;
        if (initialTasks < minimum || initialTasks > maximum)
          expect(steps(result)[0]).toMatchObject({ second: 0 });
      }),
      { numRuns: fewer, seed },
    );
  });

  /** A wait is over up to 5 s or a tenth of it early, as ticks jitter. */
  const leastWait = (seconds: number): number => seconds - Math.min(5, seconds / 10);

  it('never act in a cooldown, except to come within their bounds', () => {
    fc.assert(
      fc.property(aRestlessTrial, (case_) => {
        const { out, in: inwards, minimum, maximum } = case_.trial.service;
        let last = Number.NEGATIVE_INFINITY;
        for (const { second, from, to } of steps(restless(case_))) {
          const { cooldownSeconds } = to > from ? out : inwards;
          if (from >= minimum && from <= maximum)
            expect(second - last).toBeGreaterThanOrEqual(leastWait(cooldownSeconds));
          last = second;
        }
      }),
      { numRuns: fewer, seed },
    );
  });

  it('remove nothing without data', () => {
    fc.assert(
      fc.property(aTrial, (trial) => {
        const dark = tryOut({ ...trial, load: 1 }, 3600, { metricOutages: [{ atSecond: 0, seconds: 3600 }] });
        const { maximum } = trial.service;
        for (const { from, to } of steps(dark))
          if (to < from) expect([from > maximum, to]).toEqual([true, maximum]);
      }),
      { numRuns: fewer, seed },
    );
  });

  it('remove nothing on what was read before data went missing, once that is stale', () => {
    fc.assert(
      fc.property(aTrial, (trial) => {
        const { staleSeconds } = trial.service;
        const gone = tryOut({ ...trial, load: 1 }, 3600, {
          metricOutages: [{ atSecond: 600, seconds: 3000 }],
        });
        // A reading of the last period before can still come when its delay is over.
        const staleFrom = 600 + staleSeconds + 60;
        expect(directionsFrom(gone, staleFrom).ins).toBe(0);
      }),
      { numRuns: fewer, seed },
    );
  });

  it('come up to their minimum though there are no data', () => {
    fc.assert(
      fc.property(aTrial, (trial) => {
        const result = tryOut({ ...trial, initialTasks: trial.service.minimum - 1 }, 300, {
          metricOutages: [{ atSecond: 0, seconds: 300 }],
        });
        expect(steps(result)[0]).toMatchObject({ second: 0, to: trial.service.minimum });
      }),
      { numRuns: fewer, seed },
    );
  });

  it('say so at their maximum', () => {
    // CPU and memory end at 100 %: what is only exceeded beyond is never exceeded.
    const canBeExceeded = ({ service }: Trial): boolean =>
      service.rules.every(({ metric, ...rule }) => {
        const most = metric.kind === 'cpu' || metric.kind === 'memory' ? 100 : Number.POSITIVE_INFINITY;
        return rule.kind === 'track'
          ? rule.target * (1 + rule.tolerance) < most
          : rule.above.every(({ threshold }) => threshold < most);
      });
    fc.assert(
      fc.property(aTrial.filter(isAccepted).filter(canBeExceeded), (trial) => {
        const { maximum } = trial.service;
        const settledAt = 900 + 2 * roundTripSeconds(trial);
        const result = tryOut({ ...trial, initialTasks: maximum, load: 200 * maximum }, settledAt);
        expect(steps(result).filter(({ to }) => to !== maximum)).toEqual([]);
        expect(result.decisions.at(-1)?.decision).toMatchObject({ reason: 'at-maximum', from: maximum });
      }),
      { numRuns: fewer, seed },
    );
  });

  it('have no fewer tasks in the end for more load', () => {
    fc.assert(
      fc.property(aTrial.filter(isAccepted), fc.integer({ min: 1, max: 2000 }), (trial, more) => {
        const seconds = 3600 + 4 * roundTripSeconds(trial);
        const end = (load: number): number => {
          const result = tryOut({ ...trial, load }, seconds);
          return steps(result).at(-1)?.to ?? trial.initialTasks;
        };
        expect(end(trial.load + more)).toBeGreaterThanOrEqual(end(trial.load));
      }),
      { numRuns: Math.ceil(fewer / 4), seed },
    );
  });
});

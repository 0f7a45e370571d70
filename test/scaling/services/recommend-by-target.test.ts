import { describe, expect, it } from 'vitest';
import type { MetricReference } from '../../../src/scaling/policy/scaling-policy.ts';
import { atOnce, decideOne, jobs, noon, points, readings, steps, track } from './builders.ts';

const minute = 60_000;

/* https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#algorithm-details */
describe('a target, as in a Kubernetes HPA', () => {
  it('doubles 3 replicas at 200m with a target of 100m: 200 / 100 == 2', () => {
    const { outcome, to, actions } = decideOne({
      policy: { rules: [track(100)] },
      service: { desiredCount: 3, readings: [readings([200])] },
    });
    expect({ outcome, to }).toEqual({ outcome: 'out', to: 6 });
    expect(actions).toEqual([{ kind: 'setService', service: 'web', from: 3, to: 6 }]);
  });

  it('halves at 50m with a target of 100m: 50 / 100 == 0.5', () => {
    const { outcome, to, reason } = decideOne({
      policy: { rules: [track(100)] },
      service: { desiredCount: 6, readings: [readings([50])] },
    });
    expect({ outcome, to, reason }).toEqual({ outcome: 'in', to: 3, reason: 'below-target' });
  });

  it('goes from 50 to 60 at 90 % with a target of 75 %', () => {
    /* The example of https://kubernetes.io/blog/2025/04/28/kubernetes-v1-33-hpa-configurable-tolerance/ */
    const rules = [track(75)];
    expect(
      decideOne({
        policy: { rules, maximum: 100 },
        service: { desiredCount: 50, readings: [readings([90])] },
      }).to,
    ).toBe(60);
  });

  it("adds 6 to 2 at 250 % with a target of 70 %, as escalator's delta does", () => {
    /* https://github.com/atlassian/escalator: ceil(2 * (250 - 70) / 70) */
    expect(decideOne({ service: { desiredCount: 2, readings: [readings([250])] } }).to).toBe(2 + 6);
  });

  it.each([
    [105, 10, 'steady'],
    [110, 10, 'steady'],
    [90, 10, 'steady'],
    [111, 12, 'above-target'],
    [89, 9, 'below-target'],
  ])('with a tolerance of 0.1, %s of 100 makes 10 tasks %s', (value, to, reason) => {
    expect(
      decideOne({
        policy: { rules: [track(100)] },
        service: { desiredCount: 10, readings: [readings([value])] },
      }),
    ).toMatchObject({ to, reason });
  });

  it('is within the tolerance where floating point says a little more: 7 * 1.1 - 7 is 0.7', () => {
    const service = { desiredCount: 7, readings: [readings([110])] };
    expect(decideOne({ policy: { rules: [track(100)] }, service }).to).toBe(7);
  });

  it('takes the most that was recommended within five minutes before it removes tasks', () => {
    const policy = { in: { ...atOnce, stabilisationSeconds: 300 }, rules: [track(100)] };
    const at = (minutes: number, tasks: number) => ({ atMillis: noon - minutes * minute, tasks });
    const service = { desiredCount: 10, readings: [readings([20])] };
    expect(
      decideOne({ policy, service, memory: { recommendations: [at(4, 7), at(2, 5), at(1, 3)] } }),
    ).toMatchObject({ outcome: 'in', to: 7 });
    expect(decideOne({ policy, service, memory: { recommendations: [at(4, 11), at(1, 3)] } })).toMatchObject({
      outcome: 'hold',
      reason: 'stabilising',
      to: 10,
    });
    expect(decideOne({ policy, service, memory: { recommendations: [at(5, 11), at(1, 3)] } })).toMatchObject({
      outcome: 'in',
      to: 3,
    });
  });

  it('takes the fewest of its window before it adds tasks', () => {
    const policy = { out: { ...atOnce, stabilisationSeconds: 120 }, rules: [track(100)] };
    const recommendations = [{ atMillis: noon - minute, tasks: 8 }];
    const service = { desiredCount: 5, readings: [readings([300])] };
    expect(decideOne({ policy, service, memory: { recommendations } })).toMatchObject({ to: 8 });
  });

  it('follows what it finds where its window is no longer than the time between two ticks', () => {
    const policy = { out: { ...atOnce, stabilisationSeconds: 60 }, rules: [track(100)] };
    const service = { desiredCount: 5, readings: [readings([300])] };
    const first = decideOne({ policy, service });
    expect(first).toMatchObject({ outcome: 'hold', reason: 'stabilising' });
    const tick = (seconds: number) =>
      decideOne({
        policy,
        service: { ...service, readings: [readings([300], noon + seconds * 1000)] },
        memory: first.memory,
        atMillis: noon + seconds * 1000,
      });
    expect(tick(60)).toMatchObject({ outcome: 'out', to: 15 });
    expect(tick(65)).toMatchObject({ outcome: 'out', to: 15 });
    // After a gap it begins again.
    expect(tick(600)).toMatchObject({ outcome: 'hold', reason: 'stabilising' });
  });

  it('counts what it finds as recommended when it has no history, as `recordInitialRecommendation` does', () => {
    const policy = { in: { ...atOnce, stabilisationSeconds: 300 }, rules: [track(100)] };
    expect(decideOne({ policy, service: { desiredCount: 10, readings: [readings([20])] } })).toMatchObject({
      outcome: 'hold',
      reason: 'stabilising',
    });
  });

  it('takes the maximum of several metrics, and one that is missing only keeps tasks from being removed', () => {
    const rules = [track(100), track(50, { metric: { kind: 'memory', per: 'task', periodSeconds: 60 } })];
    const both = (first: number, second: number | null) =>
      decideOne({
        policy: { rules },
        service: {
          desiredCount: 6,
          readings: [readings([first]), second === null ? { points: [] } : readings([second])],
        },
      });
    expect(both(50, 60)).toMatchObject({ to: 8, reason: 'above-target' });
    expect(both(200, null)).toMatchObject({ to: 12, reason: 'above-target' });
    expect(both(50, null)).toMatchObject({ outcome: 'hold', to: 6, reason: 'missing-data' });
  });

  it('limits a step by the larger of tasks and percent, rounded up', () => {
    const out = { ...atOnce, mostTasks: 4, mostPercent: 100 };
    const at = (desiredCount: number) =>
      decideOne({
        policy: { rules: [track(10)], maximum: 1000, out },
        service: { desiredCount, readings: [readings([100])] },
      }).to;
    expect([at(1), at(3), at(5)]).toEqual([5, 7, 10]);
    const limited = { ...atOnce, mostPercent: 10 };
    expect(
      decideOne({
        policy: { rules: [track(100)], in: limited },
        service: { desiredCount: 5, readings: [readings([1])] },
      }).to,
    ).toBe(4);
  });
});

describe('capacity on its way', () => {
  it("isn't ordered again: 2 tasks at 300 of 100 are 6 tasks' worth, and 6 are ordered", () => {
    const decided = decideOne({
      policy: { rules: [track(100)] },
      service: { desiredCount: 6, runningCount: 2, readings: [readings([300])] },
      memory: { counts: [{ atMillis: noon - 5 * minute, running: 2 }], lastSet: 6 },
    });
    expect(decided).toMatchObject({ outcome: 'hold', reason: 'steady' });
  });

  it('that does not come takes none away while the tasks that run are above the target', () => {
    const at = (value: number) =>
      decideOne({
        policy: { rules: [track(70)] },
        service: { desiredCount: 12, runningCount: 6, readings: [readings([value])] },
        memory: { counts: [{ atMillis: noon - 5 * minute, running: 6 }] },
      });
    /* CPU ends at 100%, so what half of the tasks show says little of the demand. */
    const full = at(94);
    expect(full).toMatchObject({ outcome: 'hold', reason: 'steady' });
    expect(full.sentence).toBe(
      "web: 6 tasks at 94% CPU are 8.06 tasks' worth at a target of 70%, but those that run are above it: 12 stay.",
    );
    expect(at(70)).toMatchObject({ outcome: 'in', to: 6 });
    expect(at(210)).toMatchObject({ outcome: 'out', to: 18 });
  });

  it('is a whole number of tasks where floating point says a little more: 0.3 / 0.1 are 3', () => {
    expect(
      decideOne({
        policy: { rules: [track(0.1)] },
        service: { desiredCount: 6, runningCount: 3, readings: [readings([0.1])] },
        memory: { counts: [{ atMillis: noon - 5 * minute, running: 3 }] },
      }).to,
    ).toBe(3);
  });

  it("isn't ordered again, nor taken back, when it came during the reading's period", () => {
    const at = (value: number) =>
      decideOne({
        policy: { rules: [track(100)] },
        service: { desiredCount: 6, runningCount: 6, readings: [readings([value])] },
        memory: { counts: [{ atMillis: noon - minute, running: 2 }] },
      });
    /* All of it at once right at the start makes 100, right at the end 300. */
    expect(at(300)).toMatchObject({ outcome: 'hold' });
    expect(at(100)).toMatchObject({ outcome: 'hold' });
    expect(at(150)).toMatchObject({ outcome: 'hold' });
    expect(at(400)).toMatchObject({ outcome: 'out', to: 8 });
  });
});

describe('a queue', () => {
  const queue = (visible: number, inWork: number | null, desiredCount: number, tolerance = 0.1) =>
    decideOne({
      policy: { minimum: 0, maximum: 100, rules: [track(10, { metric: jobs, tolerance })] },
      service: {
        desiredCount,
        readings: [{ ...readings([visible]), ...(inWork !== null && { inWork: points([inWork]) }) }],
      },
    });

  it('starts from zero, and ends there', () => {
    expect(queue(1, 0, 0)).toMatchObject({ outcome: 'out', to: 1 });
    expect(queue(95, 0, 0)).toMatchObject({ outcome: 'out', to: 10 });
    expect(queue(0, 0, 4)).toMatchObject({ outcome: 'in', to: 0 });
    expect(queue(0, 0, 0)).toMatchObject({ outcome: 'hold', reason: 'steady' });
  });

  it('that is kept up with keeps the tasks that work', () => {
    expect(queue(0, 5, 5)).toMatchObject({ outcome: 'hold', reason: 'steady' });
    expect(queue(0, 3, 5)).toMatchObject({ outcome: 'in', to: 3 });
  });

  it('counts the larger of backlog and work, never the sum, each with the tolerance', () => {
    expect(queue(80, 6, 4)).toMatchObject({ to: 8 });
    expect(queue(30, 6, 4)).toMatchObject({ to: 6 });
    expect(queue(104, 10, 10)).toMatchObject({ outcome: 'hold', reason: 'steady' });
    expect(queue(20, 19, 20)).toMatchObject({ outcome: 'hold', reason: 'steady' });
    expect(queue(20, 17, 20)).toMatchObject({ outcome: 'in', to: 17 });
  });

  it('of which the work in hand is unknown may add tasks and removes none', () => {
    expect(queue(80, null, 4)).toMatchObject({ outcome: 'out', to: 8 });
    expect(queue(0, null, 4)).toMatchObject({ outcome: 'hold', reason: 'missing-data' });
  });
});

it('speaks of requests in the unit that the policy has: 1,800 a minute of a target are 30/s', () => {
  const metric: MetricReference = {
    kind: 'requestsPerTarget',
    per: 'task',
    periodSeconds: 60,
    targetGroup: 'targetgroup/web/0123456789abcdef',
  };
  expect(
    decideOne({
      policy: { rules: [track(1200, { metric })] },
      service: { desiredCount: 4, readings: [readings([1800])] },
    }).sentence,
  ).toBe("web: 4 tasks at 30/s of requests a target are 6 tasks' worth at a target of 20/s: 4 becomes 6.");
});

describe('a total', () => {
  const perSecond: MetricReference = {
    kind: 'prometheus',
    per: 'total',
    periodSeconds: 60,
    query: 'sum(rate(requests[1m]))',
  };

  it("is demand already: 450 a second at 100 a task are 5 tasks' worth whatever runs", () => {
    for (const desiredCount of [0, 1, 3])
      expect(
        decideOne({
          policy: { minimum: 0, rules: [track(100, { metric: perSecond })] },
          service: { desiredCount, readings: [readings([450])] },
        }).to,
      ).toBe(5);
  });

  it('goes through steps without being divided', () => {
    const rules = [steps([[400, 2]], [[100, 1]], { metric: perSecond })];
    const at = (value: number) =>
      decideOne({
        policy: { minimum: 0, rules },
        service: { desiredCount: 0, readings: [readings([value])] },
      }).to;
    expect([at(450), at(400), at(50)]).toEqual([2, 0, 0]);
  });
});

describe('a CPU that is full', () => {
  const at = (value: number, target = 65, tolerance = 0.1) =>
    decideOne({
      policy: { rules: [{ ...track(target), tolerance }] },
      service: { desiredCount: 4, runningCount: 4, readings: [readings([value])] },
    });

  it('says that more is needed and not how much, so twice as much as it can show is assumed', () => {
    expect(at(94).to).toBe(6);
    expect(at(95).to).toBe(13);
    const full = at(100);
    expect(full).toMatchObject({ outcome: 'out', to: 13 });
    expect(full.sentence).toContain('4 tasks at 100% CPU, full, so 200% is assumed: 12.3 tasks');
  });

  it('is believed where it shows more than that, as tasks on EC2 do that burst', () => {
    expect(at(130).to).toBe(13);
    expect(at(260).to).toBe(16);
  });

  it('is what a policy with such a target wants', () => {
    expect(at(97, 90).outcome).toBe('hold');
    expect(at(100, 90).to).toBe(5);
  });

  it('is ordered for once, however long the tasks take to come', () => {
    const first = at(100);
    const later = decideOne({
      policy: { rules: [track(65)] },
      service: { desiredCount: 13, runningCount: 4, readings: [readings([100])] },
      memory: first.memory,
    });
    expect(later.outcome).toBe('hold');
  });

  it('is no reason to keep what was too much: the first reading that is not full takes it back', () => {
    const policy = { rules: [track(65)], in: { ...atOnce, stabilisationSeconds: 300 } };
    const tick = (minutes: number, value: number, tasks: number, before: typeof first.memory) =>
      decideOne({
        policy,
        atMillis: noon + minutes * minute,
        service: {
          desiredCount: tasks,
          runningCount: tasks,
          readings: [readings([value], noon + minutes * minute)],
        },
        memory: before,
      });
    const first = decideOne({
      policy,
      service: { desiredCount: 4, runningCount: 4, readings: [readings([100])] },
    });
    expect(first.to).toBe(13);
    /* Nobody knows when within this minute the nine came. */
    const unsure = tick(1, 60, 13, first.memory);
    expect(unsure).toMatchObject({ outcome: 'hold', reason: 'steady' });
    const sure = tick(2, 40, 13, unsure.memory);
    expect(sure).toMatchObject({ outcome: 'in', to: 8 });
  });
});

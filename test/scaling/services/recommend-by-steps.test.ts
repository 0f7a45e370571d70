import { describe, expect, it } from 'vitest';
import { decideOne, noon, points, readings, steps } from './builders.ts';

const minute = 60_000;

/* A write-up's rule: a container is added above 30 % of CPU and one removed below 15 %. */
describe('the old rule, above 30 add one and below 15 remove one', () => {
  const rules = [steps([[30, 1]], [[15, 1]])];
  const demand = (load: number, desiredCount: number) =>
    decideOne({
      policy: { rules },
      service: { desiredCount, readings: [readings([load / desiredCount])] },
    }).to;

  it('goes up one by one and stops between the thresholds', () => {
    const counts = [1];
    for (let step = 0; step < 5; step += 1) counts.push(demand(100, counts.at(-1) ?? 0) ?? 0);
    expect(counts).toEqual([1, 2, 3, 4, 4, 4]);
  });

  it('goes down one by one and stops between the thresholds', () => {
    const counts = [6];
    for (let step = 0; step < 5; step += 1) counts.push(demand(40, counts.at(-1) ?? 0) ?? 0);
    expect(counts).toEqual([6, 5, 4, 3, 2, 2]);
  });

  it('stays on a threshold', () => {
    expect([demand(30, 1), demand(60, 2), demand(30, 2)]).toEqual([1, 2, 2]);
  });

  it('compares with the tasks that are ordered', () => {
    const decided = decideOne({
      policy: { rules },
      service: { desiredCount: 3, runningCount: 2, readings: [readings([40])] },
      memory: { counts: [{ atMillis: noon - 5 * minute, running: 2 }] },
    });
    expect(decided).toMatchObject({ outcome: 'hold', reason: 'steady', figures: { projectedLeast: 80 / 3 } });
  });

  it('removes nothing while the tasks that run are not below the threshold themselves', () => {
    const at = (value: number) =>
      decideOne({
        policy: { rules: [steps([[80, 1]], [[40, 1]])] },
        service: { desiredCount: 12, runningCount: 4, readings: [readings([value])] },
        memory: { counts: [{ atMillis: noon - 600_000, running: 4 }] },
      });
    expect(at(100)).toMatchObject({ outcome: 'hold', reason: 'steady' });
    expect(at(40)).toMatchObject({ outcome: 'hold' });
    expect(at(39)).toMatchObject({ outcome: 'in', to: 11 });
  });

  it('waits for readings in a row, and takes the smallest step that all of them agree to', () => {
    const waiting = [
      steps(
        [
          [50, 1],
          [80, 3],
        ],
        [],
        { outPeriods: 3 },
      ),
    ];
    const having = (values: readonly number[]) =>
      decideOne({
        policy: { rules: waiting },
        service: { desiredCount: 2, readings: [readings(values)] },
      });
    expect(having([90, 90])).toMatchObject({ outcome: 'hold', reason: 'periods' });
    expect(having([40, 90, 90])).toMatchObject({ outcome: 'hold', reason: 'periods' });
    expect(having([90, 60, 90])).toMatchObject({ outcome: 'out', to: 3 });
    expect(having([81, 90, 90])).toMatchObject({ outcome: 'out', to: 5 });
  });

  it('waits for readings in a row before it removes tasks too', () => {
    const waiting = [
      steps(
        [],
        [
          [15, 1],
          [5, 3],
        ],
        { inPeriods: 3 },
      ),
    ];
    const having = (values: readonly number[]) =>
      decideOne({ policy: { rules: waiting }, service: { desiredCount: 6, readings: [readings(values)] } });
    expect(having([20, 2, 2])).toMatchObject({ outcome: 'hold', reason: 'periods' });
    expect(having([2, 10, 2])).toMatchObject({ outcome: 'in', to: 5 });
    expect(having([2, 2, 2])).toMatchObject({ outcome: 'in', to: 3 });
  });

  it("doesn't count readings across a gap as in a row", () => {
    const gap = [...points([90, 90], noon - 3 * minute), ...points([90])];
    expect(
      decideOne({
        policy: { rules: [steps([[50, 1]], [], { outPeriods: 2 })] },
        service: { desiredCount: 2, readings: [{ points: gap }] },
      }),
    ).toMatchObject({ outcome: 'hold', reason: 'periods' });
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dealFromPool, dealToPool } from '../../../src/scaling/capacity/deal-to-pool.ts';
import { orderDemands, placeTasks, type TaskDemand } from '../../../src/scaling/capacity/pack-tasks.ts';
import { emptyRoom, type Room } from '../../../src/scaling/capacity/room.ts';
import { aSize, needs } from './support/a-cluster.ts';

const settings = { seed: 6, numRuns: Number(process.env.STORMDRAIN_SCALING_CASES ?? 100) };
const size = aSize({ cpu: 1000, memoryMib: 1000, gpus: 4, taskEnis: 3 });

const someNeeds = fc.record({
  cpu: fc.integer({ min: 1, max: 1000 }),
  memoryMib: fc.integer({ min: 1, max: 1000 }),
  gpus: fc.constantFrom(0, 0, 0, 1, 2),
  taskEnis: fc.constantFrom(0, 0, 1),
  tcpPorts: fc.constantFrom([], [], [8080], [8080, 9090]),
  isDistinct: fc.boolean(),
});

const someDemands = fc.array(
  fc.record({
    group: fc.constantFrom('a', 'b', 'c', 'd'),
    count: fc.integer({ min: 1, max: 12 }),
    own: someNeeds,
  }),
  { minLength: 1, maxLength: 8 },
);

const demandsOf = (drawn: readonly { group: string; count: number; own: object }[]): readonly TaskDemand[] =>
  drawn.map(({ group, count, own }) => ({ group, count, needs: needs(own), running: 0 }));

/** First-fit decreasing into as many rooms as it takes. */
const pack = (demands: readonly TaskDemand[]): readonly { room: Room; tasks: readonly TaskDemand[] }[] => {
  const bins: { room: Room; tasks: TaskDemand[] }[] = [];
  for (const demand of orderDemands(demands, size)) {
    for (let task = 0; task < demand.count; task++) {
      const fitting = bins.find(({ room }) => placeTasks([room], demand, 'fits', 1) === 1);
      if (fitting !== undefined) {
        fitting.tasks.push(demand);
        continue;
      }
      const room = emptyRoom(size);
      expect(placeTasks([room], demand, 'fits', 1)).toBe(1);
      bins.push({ room, tasks: [demand] });
    }
  }
  return bins;
};

test('no instance is filled beyond what it has, in any dimension', () => {
  fc.assert(
    fc.property(someDemands, (drawn) => {
      for (const { tasks } of pack(demandsOf(drawn))) {
        const sum = (of: (task: TaskDemand) => number) => tasks.reduce((all, task) => all + of(task), 0);
        expect(sum(({ needs: { cpu } }) => cpu)).toBeLessThanOrEqual(size.cpu);
        expect(sum(({ needs: { memoryMib } }) => memoryMib)).toBeLessThanOrEqual(size.memoryMib);
        expect(sum(({ needs: { gpus } }) => gpus)).toBeLessThanOrEqual(size.gpus);
        expect(sum(({ needs: { taskEnis } }) => taskEnis)).toBeLessThanOrEqual(size.taskEnis ?? 0);
        const ports = tasks.flatMap(({ needs: { tcpPorts } }) => tcpPorts);
        expect(new Set(ports).size).toBe(ports.length);
        for (const task of tasks)
          if (task.needs.isDistinct) expect(tasks.indexOf(task)).toBe(tasks.lastIndexOf(task));
      }
    }),
    settings,
  );
});

test('packing takes at most twice the instances that any packing needs', () => {
  fc.assert(
    fc.property(someDemands, (drawn) => {
      const demands = demandsOf(
        drawn.map(({ group, count, own: { cpu, memoryMib } }) => ({ group, count, own: { cpu, memoryMib } })),
      );
      const sum = (of: (demand: TaskDemand) => number) =>
        demands.reduce((all, demand) => all + demand.count * of(demand), 0);
      const large = demands.reduce(
        (all, { count, needs: { cpu, memoryMib } }) => (cpu > 500 || memoryMib > 500 ? all + count : all),
        0,
      );
      const bound = Math.max(
        Math.ceil(sum(({ needs: { cpu } }) => cpu) / size.cpu),
        Math.ceil(sum(({ needs: { memoryMib } }) => memoryMib) / size.memoryMib),
        Math.ceil(large / 2),
      );
      expect(pack(demands).length).toBeLessThanOrEqual(2 * bound);
    }),
    settings,
  );
});

test('the same demand in another order is packed the same', () => {
  fc.assert(
    fc.property(someDemands, fc.nat(), (drawn, turn) => {
      const demands = demandsOf(drawn.map((one, index) => ({ ...one, group: `${one.group}${index}` })));
      const turned = [...demands.slice(turn % demands.length), ...demands.slice(0, turn % demands.length)];
      expect(pack(turned).length).toBe(pack(demands).length);
    }),
    settings,
  );
});

test('a pool with a share of 0 gets only what no other can have, and gives first', () => {
  const pools = (spare: number) => [
    { name: 'a', share: 1, instances: 10 },
    { name: 'b', share: 1, instances: 0 },
    { name: 'spare', share: 0, instances: spare },
  ];
  expect(dealToPool(pools(0), ['a', 'spare'])).toBe('a');
  expect(dealToPool(pools(0), ['spare'])).toBe('spare');
  expect(dealFromPool(pools(2), ['a', 'spare'])).toBe('spare');
  expect(dealFromPool(pools(2), ['a'])).toBe('a');
  const even = [
    { name: 'a', share: 0, instances: 2 },
    { name: 'b', share: 0, instances: 1 },
  ];
  expect(dealToPool(even, ['a', 'b'])).toBe('b');
  expect(dealFromPool(even, ['a', 'b'])).toBe('a');
});

test('what is dealt out keeps the shares within one instance, and so does what is taken back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
      fc.nat(60),
      (shares, more) => {
        const counts = shares.map(() => 0);
        const names = shares.map((_, index) => `pool-${index}`);
        const pools = () =>
          shares.map((share, index) => ({ name: `pool-${index}`, share, instances: counts[index] ?? 0 }));
        const sum = shares.reduce((all, share) => all + share, 0);
        const areKept = () => {
          const total = counts.reduce((all, count) => all + count, 0);
          for (const [index, share] of shares.entries())
            expect(Math.abs((counts[index] ?? 0) - (total * share) / sum)).toBeLessThan(shares.length);
        };
        for (let step = 0; step < more; step++) {
          const index = names.indexOf(dealToPool(pools(), names) ?? '');
          counts[index] = (counts[index] ?? 0) + 1;
          areKept();
        }
        for (let step = 0; step < more; step++) {
          const able = names.filter((_, index) => (counts[index] ?? 0) > 0);
          const index = names.indexOf(dealFromPool(pools(), able) ?? '');
          counts[index] = (counts[index] ?? 0) - 1;
          areKept();
        }
        expect(counts.every((count) => count === 0)).toBe(true);
      },
    ),
    settings,
  );
});

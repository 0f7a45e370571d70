import fc from 'fast-check';
import { expect, it } from 'vitest';
import { beginDrain } from '../../../src/drain/unhurried/begin-drain.ts';
import { finishDrain } from '../../../src/drain/unhurried/finish-drain.ts';
import { lookAtDrain } from '../../../src/drain/unhurried/look-at-drain.ts';
import type { UnhurriedInput, UnhurriedPorts } from '../../../src/drain/unhurried/unhurried-ports.ts';
import { type Random, seededRandom } from '../../../src/plan/random.ts';
import type { SimulationSetup } from '../../../src/platform/local/simulation/simulation-setup.ts';
import { anUnhurriedDrain, minutes } from './support/an-unhurried-drain.ts';
import { mortalPorts } from './support/mortal-ports.ts';

/** The state machine, whose states die, are done again, and sometimes are done by two processes at once. */
const inTrouble =
  (random: Random, dyingShare: number, doubledShare: number) =>
  async (ports: UnhurriedPorts, input: UnhurriedInput): Promise<void> => {
    const oneOf = (): UnhurriedPorts =>
      random() < dyingShare ? mortalPorts(ports, Math.floor(random() * 25), random() < 0.5) : ports;
    const carryOut = async <Result>(
      state: (ports: UnhurriedPorts, input: UnhurriedInput) => Promise<Result>,
    ): Promise<Result> => {
      for (;;) {
        const count = random() < doubledShare ? 2 : 1;
        const all = Array.from({ length: count }, () => state(oneOf(), input));
        const [result] = await Promise.allSettled(all);
        if (result?.status === 'fulfilled') return result.value;
        await ports.time.sleep(2_000);
      }
    };
    let look = await carryOut(beginDrain);
    while (!look.isOver) {
      await ports.time.sleep(look.waitSeconds * 1000);
      look = await carryOut(lookAtDrain);
    }
    await carryOut(finishDrain);
  };

const setups = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  dyingShare: fc.constantFrom(0, 0.2, 0.5),
  doubledShare: fc.constantFrom(0, 0.3),
  tagged: fc.integer({ min: 0, max: 4 }),
  batch: fc.integer({ min: 0, max: 3 }),
  batchMinutes: fc.integer({ min: 1, max: 60 }),
  // Requests come for up to 4 s more, and take up to 8 s: a shorter delay cuts them off, whoever drains.
  delaySeconds: fc.constantFrom(15, 60, 300),
  isAwsvpc: fc.boolean(),
  cause: fc.constantFrom('lifecycle' as const, 'rebalance' as const),
  throttledShare: fc.constantFrom(0, 0.1),
});

const cases = Number(process.env.STORMDRAIN_DRAIN_CASES ?? 40);

it('ends the same whatever dies, is doubled or throttled: nothing lost, nobody else touched', async () => {
  await fc.assert(
    fc.asyncProperty(setups, async (setup) => {
      const random = seededRandom(setup.seed, 7);
      const targetType = setup.isAwsvpc ? ('ip' as const) : ('instance' as const);
      const networkMode = setup.isAwsvpc ? ('awsvpc' as const) : ('bridge' as const);
      const group = { requestsPerSecond: 10, deregistrationDelaySeconds: setup.delaySeconds, targetType };
      const simulation: SimulationSetup = {
        seed: setup.seed,
        instances: 3,
        groups: [
          { name: 'web', ...group, deregistrationDelaySeconds: 30 },
          { name: 'jobs', ...group },
        ],
        services: [{ name: 'web', desiredCount: 4, groups: ['web'], networkMode }],
        batchTasks: [
          {
            count: setup.tagged + 1,
            group: 'jobs',
            onInstances: [0, 1, 0, 0, 0],
            startedBy: 'tagged',
            networkMode,
          },
          { count: setup.batch, onInstances: [0, 2], startedBy: 'batch' },
        ],
        faults: [{ call: 'any', does: 'is-throttled', share: setup.throttledShare }],
      };
      const world = anUnhurriedDrain(simulation, {
        drainInstance: inTrouble(random, setup.dyingShare, setup.doubledShare),
      });
      world.at(minutes(setup.batchMinutes), () => {
        for (const task of world.tasks.batch) world.platform.world.life.end(task, 'itself');
      });
      if (setup.cause === 'lifecycle') {
        const { event } = world.platform.pool.terminate(world.instanceId, 600);
        await world.play(() => world.hear([event]));
      } else {
        await world.news({ cause: setup.cause });
      }
      await world.play(() => world.finished());

      const records = await world.records();
      expect(records.map(({ outcome }) => outcome)).toEqual(['empty']);
      expect(await world.keys('state/unhurried/')).toEqual([]);
      expect((await world.entry())?.endedAtMillis).toBeGreaterThan(0);
      const goes = world.platform.instances()[0]?.status;
      expect(goes).toBe(setup.cause === 'lifecycle' ? 'INACTIVE' : 'DRAINING');
      const stopped = world.platform.tasks().filter(({ endedBy }) => endedBy === 'stop-task');
      expect(stopped.map(({ taskArn }) => taskArn).sort()).toEqual(
        world.tasks.tagged.map(({ taskArn }) => taskArn).sort(),
      );
      const traffic = world.platform.trafficByTask();
      for (const { taskArn } of stopped)
        expect(traffic.get(taskArn)).toMatchObject({ toDeadTarget: 0, cutOff: 0 });
      expect(records[0]?.missed.filter((missed) => !/failed \d+ times/.test(missed))).toEqual([]);
    }),
    { numRuns: cases, seed: Number(process.env.STORMDRAIN_DRAIN_SEED ?? 20_261_121) },
  );
}, 600_000);

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StoreUnavailableError } from '../../../src/errors.ts';
import { aFleet, placesOf } from './support/a-fleet.ts';
import { awsError, type SimulatedEcs } from './support/simulated-ecs.ts';

const broken = (): Error => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
const noCapacity = { reason: 'Capacity is unavailable at this time.' };

/** Shard by shard, the tasks that find a place of it at the key they were told. */
const placedTasks = (
  ecs: SimulatedEcs,
  read: (
    key: string,
  ) => { readonly places: Readonly<Record<string, { readonly shard: number }>> } | undefined,
): ReadonlyMap<number, readonly string[]> => {
  const placed = new Map<number, readonly string[]>();
  for (const { taskArn = '', overrides } of ecs.running()) {
    const told = overrides?.containerOverrides?.[0]?.environment ?? [];
    const key = told.find(({ name }) => name === 'STORMDRAIN_PLACES')?.value ?? '';
    const place = read(key)?.places[taskArn];
    if (place !== undefined) placed.set(place.shard, [...(placed.get(place.shard) ?? []), taskArn]);
  }
  return placed;
};

it('gives each place one worker, whatever several launchers go through at once', async () => {
  const delays = fc.array(fc.integer({ min: 0, max: 2500 }), { minLength: 2, maxLength: 4 });
  const fallbacks = fc.constantFrom('wait', 'on-demand', 'fail');
  const shards = fc.integer({ min: 1, max: 25 });
  const dice = fc.infiniteStream(fc.nat(99));
  await fc.assert(
    fc.asyncProperty(
      dice,
      shards,
      delays,
      fallbacks,
      fc.constantFrom(0, 0.3, 1),
      async (throws, count, ...more) => {
        const [starts, fallback, share] = more;
        const { time, ecs, store, another } = aFleet();
        const roll = (): number => Number(throws.next().value);
        ecs.before = (call) => {
          if (roll() < 5) throw broken();
          if (call === 'RunTask' && roll() < 5) throw awsError('ThrottlingException', 'Rate exceeded');
        };
        ecs.beforeAnswer = () => {
          if (roll() < 20) throw broken();
        };
        ecs.judge = ({ count: asked = 1, capacityProviderStrategy }) => {
          const spot = capacityProviderStrategy?.[0]?.capacityProvider === 'FARGATE_SPOT';
          if (spot && roll() < 40) return { starts: roll() % (asked + 1), failures: [noCapacity] };
          return { starts: roll() < 20 ? roll() % (asked + 1) : asked };
        };
        store.before = (operation) => {
          if (roll() < (operation === 'put' ? 10 : 3)) throw new StoreUnavailableError('away');
        };
        const launch = (places: number) => another().launch('r1', placesOf(places), { share, fallback });
        const keepLaunching = async (places: number, afterMillis: number): Promise<void> => {
          await time.sleep(afterMillis);
          for (let tries = 0; tries < 4; tries++) {
            const results = await launch(places).catch(() => []);
            if (results.length > 0 && results.every(({ kind }) => kind === 'launched')) return;
            await time.sleep(500);
          }
        };
        await time.run(
          Promise.all(
            starts.map((millis, i) => keepLaunching(i % 2 === 0 ? Math.ceil(count / 2) : count, millis)),
          ),
        );

        // Then nothing fails any more; what was lost before may still have to be heard of, call by call.
        ecs.before = () => undefined;
        ecs.beforeAnswer = () => undefined;
        ecs.judge = ({ count: asked = 1 }) => ({ starts: asked });
        store.before = () => undefined;
        let results = await time.run(launch(count));
        for (let tries = 0; tries < 4; tries++) results = await time.run(launch(count));
        const workers = results.map((result) =>
          result.kind === 'launched' ? result.workerId : result.reason,
        );
        const placed = placedTasks(ecs, (key) =>
          store.objects.has(key)
            ? (store.json(key) as ReturnType<Parameters<typeof placedTasks>[1]>)
            : undefined,
        );
        expect([...placed].sort(([a], [b]) => a - b)).toEqual(
          workers.map((worker, shard) => [shard, [worker]]),
        );
      },
    ),
    { numRuns: 100 },
  );
});

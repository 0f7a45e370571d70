import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../../src/errors.ts';
import { aFleet, aWorkerTask, idsOf, kindsOf, placesOf } from './support/a-fleet.ts';
import { awsError } from './support/simulated-ecs.ts';

const noCapacity = {
  reason: 'Capacity is unavailable at this time. Please try again later or in a different availability zone',
};

describe('launching on ECS', () => {
  it('asks for ten alike tasks in a call, which are told their run and where their places are', async () => {
    const { time, ecs, fleet, store } = aFleet();
    await time.run(fleet.launch('r1', placesOf(12)));
    const [call] = ecs.launches;
    expect(call?.input).toMatchObject({
      count: 10,
      startedBy: 'r1',
      taskDefinition: 'arn:aws:ecs:us-east-1:123456789012:task-definition/worker:7',
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: ['subnet-a', 'subnet-b'],
          securityGroups: ['sg-a'],
          assignPublicIp: 'DISABLED',
        },
      },
    });
    expect(call?.input.clientToken).toMatch(/^[\x21-\x7e]{1,64}$/);
    const key = 'runs/r1/places/000000-on-demand-000000-000.json';
    expect(call?.input.overrides?.containerOverrides).toEqual([
      {
        name: 'worker',
        environment: [
          { name: 'STORMDRAIN_RUN_ID', value: 'r1' },
          { name: 'STORMDRAIN_PLACES', value: key },
        ],
      },
    ]);
    const document = store.json(key) as { places: Record<string, { shard: number }> };
    expect(Object.values(document.places).map(({ shard }) => shard)).toEqual(
      placesOf(10).map(({ shard }) => shard),
    );
  });

  it('puts the share of the shards on spot capacity, each call on one kind', async () => {
    const { time, ecs, fleet } = aFleet();
    const results = await time.run(fleet.launch('r1', placesOf(20), { share: 0.5, fallback: 'wait' }));
    expect(
      ecs.launches.map(({ input }) => input.capacityProviderStrategy?.[0]?.capacityProvider).sort(),
    ).toEqual(['FARGATE', 'FARGATE_SPOT']);
    expect(results.filter((result) => result.kind === 'launched' && result.capacity === 'spot')).toHaveLength(
      10,
    );
  });

  it('starts nothing twice for two callers at once, whatever places they ask for', async () => {
    const shards = fc.uniqueArray(fc.integer({ min: 0, max: 24 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(shards, shards, fc.integer({ min: 0, max: 900 }), async (some, others, lateMillis) => {
        const { time, ecs, store, another } = aFleet();
        const launch = async (of: readonly number[], afterMillis: number) => {
          await time.sleep(afterMillis);
          return another().launch(
            'r1',
            of.map((shard) => ({ shard, attempt: 0 })),
          );
        };
        const [first, second] = await time.run(Promise.all([launch(some, 0), launch(others, lateMillis)]));
        expect(new Set([...kindsOf(first), ...kindsOf(second)])).toEqual(new Set(['launched']));
        const workers = new Map([...first, ...second].map(({ shard }) => [shard, new Set<string>()]));
        for (const result of [...first, ...second])
          if (result.kind === 'launched') workers.get(result.shard)?.add(result.workerId);
        for (const ids of workers.values()) expect(ids.size).toBe(1);
        // What one of them started for nothing is gone again, and has no place.
        expect(ecs.running()).toHaveLength(workers.size);
        const placed = [...store.objects.keys()].flatMap((key) =>
          Object.keys((store.json(key) as { places: object }).places),
        );
        expect(new Set(placed).size).toBe(workers.size);
      }),
      { numRuns: 60 },
    );
  });

  it('does not fail because surplus tasks, which end by themselves too, could not be stopped', async () => {
    const { time, ecs, another } = aFleet();
    ecs.before = (call) => {
      if (call === 'StopTask')
        throw awsError('AccessDeniedException', 'not authorized to perform: ecs:StopTask');
    };
    const launch = (shards: number) => another().launch('r1', placesOf(shards));
    const [first, second] = await time.run(Promise.all([launch(5), launch(3)]));
    expect(ecs.calls.StopTask).toBeGreaterThan(0);
    expect(kindsOf(first)).toEqual(Array(5).fill('launched'));
    expect(second).toEqual(first.slice(0, 3));
  });

  it('finds what it has started when its answer was lost, or the places could not be written', async () => {
    const { time, ecs, store, fleet, another } = aFleet();
    let lost = 0;
    ecs.beforeAnswer = () => {
      if (lost++ === 0) throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    };
    let refused = 0;
    store.before = (operation) => {
      if (operation === 'put' && refused++ === 0) throw new StoreUnavailableError('the store is away');
    };
    await expect(time.run(fleet.launch('r1', placesOf(10)))).rejects.toThrow(StoreUnavailableError);
    const results = await time.run(another().launch('r1', placesOf(10)));
    expect(kindsOf(results)).toEqual(Array(10).fill('launched'));
    expect(ecs.tasks.size).toBe(10);
  });

  it('takes over what a deployment has started with another task definition under the same token', async () => {
    const { time, ecs, store, fleet, another } = aFleet();
    store.before = (operation) => {
      if (operation === 'put') throw new StoreUnavailableError('the store is away');
    };
    await expect(time.run(fleet.launch('r1', placesOf(3)))).rejects.toThrow(StoreUnavailableError);
    store.before = () => undefined;
    const task = { taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/worker:8' };
    const results = await time.run(another({ task: { ...aWorkerTask, ...task } }).launch('r1', placesOf(3)));
    expect(kindsOf(results)).toEqual(['launched', 'launched', 'launched']);
    expect(ecs.tasks.size).toBe(3);
  });

  it('fills the rest of a partial answer by another call', async () => {
    const { time, ecs, fleet } = aFleet();
    ecs.judge = ({ count = 1 }) => ({ starts: Math.min(4, count) });
    const results = await time.run(fleet.launch('r1', placesOf(10)));
    expect(new Set(idsOf(results)).size).toBe(10);
    expect(ecs.launches.map(({ input }) => input.count)).toEqual([10, 6, 2]);
    expect(new Set(ecs.launches.map(({ input }) => input.clientToken)).size).toBe(3);
  });

  it('keeps what a partial failure has given, and says what is missing and why', async () => {
    const { time, ecs, fleet } = aFleet();
    ecs.judge = () => ({ starts: 7, failures: [noCapacity, noCapacity, noCapacity] });
    const results = await time.run(fleet.launch('r1', placesOf(10), { share: 1, fallback: 'wait' }));
    expect(kindsOf(results).filter((kind) => kind === 'launched')).toHaveLength(7);
    expect(results.slice(7)).toEqual(
      [7, 8, 9].map((shard) => ({
        shard,
        attempt: 0,
        kind: 'failed',
        cause: 'capacity',
        reason: noCapacity.reason,
      })),
    );
    ecs.judge = ({ count = 1 }) => ({ starts: count });
    const later = await time.run(fleet.launch('r1', placesOf(10), { share: 1, fallback: 'wait' }));
    expect(kindsOf(later)).toEqual(Array(10).fill('launched'));
    expect(ecs.tasks.size).toBe(10);
  });

  it.each(['an answer', 'an error'])('takes on-demand capacity for spot that %s denies', async (how) => {
    const { time, ecs, fleet } = aFleet();
    ecs.judge = ({ count = 1, capacityProviderStrategy }) => {
      if (capacityProviderStrategy?.[0]?.capacityProvider === 'FARGATE') return { starts: count };
      if (how === 'an error') throw awsError('ClientException', noCapacity.reason);
      return { starts: 1, failures: [noCapacity] };
    };
    const results = await time.run(fleet.launch('r1', placesOf(5), { share: 1, fallback: 'on-demand' }));
    const capacities = results.map((result) =>
      result.kind === 'launched' ? result.capacity : result.reason,
    );
    const spot = how === 'an error' ? 0 : 1;
    expect(capacities.filter((capacity) => capacity === 'on-demand')).toHaveLength(5 - spot);
    expect(capacities.filter((capacity) => capacity === 'spot')).toHaveLength(spot);
  });

  it.each([
    ['ClusterNotFoundException', 'Cluster not found.', 'request', 1],
    [
      'ClientException',
      'You’ve reached the limit on the number of tasks you can run concurrently',
      'limit',
      1,
    ],
    ['ThrottlingException', 'Rate exceeded', 'limit', 6],
    ['ServerException', 'Service Unavailable', 'limit', 6],
  ] as const)('gives up on %s: %s as %s after %i calls', async (name, message, cause, calls) => {
    const { time, ecs, fleet } = aFleet();
    ecs.before = (call) => {
      if (call === 'RunTask') throw awsError(name, message);
    };
    const [result] = await time.run(fleet.launch('r1', placesOf(1)));
    expect(result).toMatchObject({ kind: 'failed', cause, reason: expect.stringContaining(message) });
    expect(ecs.calls.RunTask).toBe(calls);
  });

  it('fills what can be filled when one group of places cannot', async () => {
    const { time, ecs, fleet } = aFleet();
    ecs.judge = ({ count = 1, capacityProviderStrategy }) =>
      capacityProviderStrategy?.[0]?.capacityProvider === 'FARGATE'
        ? { starts: count }
        : { starts: 0, failures: [noCapacity] };
    const results = await time.run(fleet.launch('r1', placesOf(4), { share: 0.5, fallback: 'fail' }));
    expect(kindsOf(results)).toEqual(['launched', 'failed', 'launched', 'failed']);
  });
});

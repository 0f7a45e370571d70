import { describe, expect, it } from 'vitest';
import { FleetRefusedError, FleetUnavailableError } from '../../../src/errors.ts';
import { aFleet, idsOf, placesOf } from './support/a-fleet.ts';
import { awsError } from './support/simulated-ecs.ts';

describe('listing workers on ECS', () => {
  it('knows the stopped ones, and asks for them no more', async () => {
    const { time, ecs, fleet, another } = aFleet();
    const [first] = idsOf(await time.run(fleet.launch('r1', placesOf(150))));
    ecs.change(first ?? '', { lastStatus: 'STOPPED', stopCode: 'SpotInterruption' });
    const fresh = another();
    const workers = await time.run(fresh.list('r1'));
    expect(workers).toHaveLength(150);
    expect(workers.find(({ workerId }) => workerId === first)).toMatchObject({
      state: 'stopped',
      stoppedReason: expect.stringContaining('spot interruption'),
    });
    expect(ecs.calls.DescribeTasks).toBe(2);
    // Long after, ECS has forgotten it.
    ecs.tasks.delete(first ?? '');
    expect(await time.run(fresh.list('r1'))).toHaveLength(150);
    expect(ecs.calls.ListTasks).toBe(0);
  });

  it('leaves out what ECS does not know, yet or any more', async () => {
    const { time, ecs, fleet } = aFleet();
    const [first] = idsOf(await time.run(fleet.launch('r1', placesOf(2))));
    ecs.tasks.delete(first ?? '');
    expect(await time.run(fleet.list('r1'))).toMatchObject([{ shard: 1 }]);
  });

  it('reads each document of places once', async () => {
    const { time, store, fleet, another } = aFleet();
    await time.run(fleet.launch('r1', placesOf(100)));
    const reads: string[] = [];
    store.before = (operation, key) => void (operation === 'get' && reads.push(key));
    const fresh = another();
    await time.run(fresh.list('r1'));
    await time.run(fresh.list('r1'));
    expect(reads).toHaveLength(10);
  });

  it('says that it may be tried again when ECS is away, and that it may not when it is not allowed', async () => {
    const { time, ecs, fleet } = aFleet();
    await time.run(fleet.launch('r1', placesOf(1)));
    ecs.before = () => {
      throw awsError('ServerException', 'Service Unavailable');
    };
    await expect(time.run(fleet.list('r1'))).rejects.toThrow(FleetUnavailableError);
    ecs.before = () => {
      throw awsError('AccessDeniedException', 'not authorized to perform: ecs:DescribeTasks');
    };
    await expect(time.run(fleet.list('r1'))).rejects.toThrow(FleetRefusedError);
  });
});

describe('stopping workers on ECS', () => {
  it('waits until their containers have ended, but not for ever', async () => {
    const { time, ecs, fleet } = aFleet();
    const ids = idsOf(await time.run(fleet.launch('r1', placesOf(2))));
    // Asked, but they do not end.
    ecs.before = (call) => {
      if (call === 'StopTask')
        throw awsError('InvalidParameterException', 'The referenced task was not found.');
    };
    const before = time.nowMillis();
    await time.run(fleet.stop('r1', ids, 5));
    const seconds = (time.nowMillis() - before) / 1000;
    expect(seconds).toBeGreaterThan(25);
    expect(seconds).toBeLessThan(40);
    expect(ecs.running()).toHaveLength(2);
  });

  it('makes no call for what is not a task, or is known to have stopped', async () => {
    const { time, ecs, fleet } = aFleet();
    const ids = idsOf(await time.run(fleet.launch('r1', placesOf(1))));
    await time.run(fleet.stop('r1', ids, 5));
    await time.run(fleet.list('r1'));
    const { StopTask, DescribeTasks } = ecs.calls;
    await time.run(fleet.stop('r1', [...ids, 'process-1'], 5));
    expect(ecs.calls).toMatchObject({ StopTask, DescribeTasks });
  });

  it('tries all of them before it says that one could not be stopped', async () => {
    const { time, ecs, fleet } = aFleet();
    const ids = idsOf(await time.run(fleet.launch('r1', placesOf(5))));
    ecs.before = (call, input) => {
      if (call === 'StopTask' && 'task' in input && input.task === ids[0])
        throw awsError('ServerException', 'Service Unavailable');
    };
    await expect(time.run(fleet.stop('r1', ids, 5))).rejects.toThrow(FleetUnavailableError);
    expect(ecs.running().map(({ taskArn }) => taskArn)).toEqual([ids[0]]);
  });
});

describe('runs that have workers on ECS', () => {
  it('are those of running tasks that a fleet has started, all pages of them', async () => {
    const { time, ecs, fleet } = aFleet();
    await time.run(fleet.launch('r1', placesOf(120)));
    const ids = idsOf(await time.run(fleet.launch('r2', placesOf(2))));
    await time.run(fleet.launch('r3', placesOf(1)));
    for (const id of ids) ecs.change(id, { lastStatus: 'DEPROVISIONING' });
    // Somebody tries the task definition by hand.
    ecs.tasks.set('arn:aws:ecs:us-east-1:123456789012:task/workers/by-hand', {
      taskArn: 'arn:aws:ecs:us-east-1:123456789012:task/workers/by-hand',
      lastStatus: 'RUNNING',
      desiredStatus: 'RUNNING',
      startedBy: 'alice',
    });
    expect([...(await time.run(fleet.runsWithWorkers()))].sort()).toEqual(['r1', 'r3']);
    expect(ecs.calls.ListTasks).toBe(2);
  });
});

import { describe, expect, it } from 'vitest';
import { leastCalls, type TickShape } from '../../../src/scaling/tick/least-calls.ts';

const nothing: TickShape = {
  listedServices: null,
  services: 0,
  instances: null,
  pools: [],
  cloudWatchQueries: 0,
  prometheusQueries: 0,
  definitions: 0,
  candidateTasks: [],
  guardedTasks: 0,
  recheckedServices: 0,
  setServices: 0,
  setPools: [],
  terminated: [],
};

describe('the fewest calls', () => {
  it.each([
    ['of nothing are none', {}, {}],
    ['list a page at least', { listedServices: 0, instances: 0 }, { serviceRead: 1, resourceRead: 1 }],
    ['describe ten services each', { services: 11, recheckedServices: 1 }, { serviceRead: 3 }],
    ['describe a hundred instances each', { instances: 101 }, { resourceRead: 4 }],
    [
      'list the tasks of each candidate, and describe those of all together',
      { candidateTasks: [101, 0, 3], guardedTasks: 100 },
      { resourceRead: 2 + 1 + 1 + 2, protection: 1 },
    ],
    ['ask 500 metrics each', { cloudWatchQueries: 501, prometheusQueries: 3 }, { metricRead: 5 }],
    [
      'describe pools by kind, and list the members of each fleet',
      {
        pools: [
          { kind: 'autoScalingGroup', members: 3 },
          { kind: 'autoScalingGroup', members: 3 },
          { kind: 'ec2Fleet', members: 1_001 },
          { kind: 'spotFleet', members: 0 },
        ],
      },
      { capacity: 1, fleetRead: 1 + 2 + 1 + 1 },
    ],
    [
      'look at a group before it is raised, and lower a fleet once before its terminations',
      {
        setPools: ['autoScalingGroup', 'ec2Fleet'],
        terminated: ['autoScalingGroup', 'ec2Fleet', 'ec2Fleet'],
      },
      { capacity: 2 + 1, fleetModify: 1 + 2 },
    ],
  ] as const)('%s', (_, shape, expected) => {
    expect(leastCalls({ ...nothing, ...shape })).toEqual(expected);
  });
});

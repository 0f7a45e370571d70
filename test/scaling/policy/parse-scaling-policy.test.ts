import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { accepted, acceptedService, head, onePool, readPolicy, service } from './read-policy.ts';

const example = (name: string): string =>
  readFileSync(new URL(`../../../examples/scaling/${name}.yaml`, import.meta.url), 'utf8');

describe('a scaling policy', () => {
  it('of three lines adds a task above 30 % and removes one below 15 %', () => {
    const { policy, notes } = accepted(example('three-lines'));
    expect(policy).toEqual({
      version: 1,
      cluster: 'shop',
      everySeconds: 60,
      paused: false,
      dryRun: false,
      capacity: null,
      services: [
        {
          service: 'web',
          minimum: 1,
          maximum: 10,
          rules: [
            {
              kind: 'steps',
              metric: { kind: 'cpu', per: 'task', periodSeconds: 60 },
              above: [{ threshold: 30, tasks: 1 }],
              below: [{ threshold: 15, tasks: 1 }],
              outPeriods: 1,
              inPeriods: 3,
            },
          ],
          out: { cooldownSeconds: 60, stabilisationSeconds: 0, mostTasks: null, mostPercent: null },
          in: { cooldownSeconds: 300, stabilisationSeconds: 300, mostTasks: null, mostPercent: null },
          staleSeconds: 300,
          floors: [],
        },
      ],
    });
    expect(notes).toEqual(['services.web has at most 10 tasks, as no maximum is given']);
  });

  it('tolerates a tenth around a target, as a Kubernetes HPA does', () => {
    const metric = { kind: 'cpu', per: 'task', periodSeconds: 60 };
    expect(acceptedService('{ cpu: { target: 60% } }').rules).toEqual([
      { kind: 'track', metric, target: 60, tolerance: 0.1 },
    ]);
  });

  it('has several metrics of one kind in a list', () => {
    const custom = (name: string) =>
      `{ namespace: Shop, name: ${name}, statistic: Sum, per: total, target: 5 }`;
    const { rules } = acceptedService(
      `{ cloudWatch: [${custom('a')}, ${custom('b')}], cpu: { target: 50 } }`,
    );
    expect(rules.map(({ metric }) => metric.kind)).toEqual(['cpu', 'cloudWatch', 'cloudWatch']);
  });

  it.each([
    ['20/s', '1m', 1200],
    ['1200/m', '1m', 1200],
    ['72000/h', '5m', 6000],
  ])('counts a target of %s requests in a period of %s as %d', (target, period, expected) => {
    const group = 'targetGroup: targetgroup/web/0123456789abcdef';
    const text = `{ requestsPerTarget: { ${group}, target: ${target}, period: ${period} } }`;
    expect(acceptedService(text).rules[0]).toMatchObject({ target: expected });
  });

  it('takes readings for stale after three of the longest periods and two minutes', () => {
    expect(acceptedService('{ cpu: { target: 60 }, memory: { target: 60, period: 5m } }').staleSeconds).toBe(
      1020,
    );
  });

  it('may begin at no task when a total or a floor starts the first', () => {
    expect(
      acceptedService('{ minimum: 0, queueDepth: { queue: a, target: 9, inWorkPerTask: 1 } }').minimum,
    ).toBe(0);
    const floors = 'floors: [{ cron: "0 8 * * *", for: 1h, minimum: 2 }]';
    expect(acceptedService(`{ minimum: 0, cpu: { target: 60 }, ${floors} }`).minimum).toBe(0);
  });

  it('has capacity as soon as it has pools', () => {
    expect(accepted(head + onePool).policy.capacity).toEqual({
      pools: [
        {
          name: 'spot',
          kind: 'spotFleet',
          id: 'sfr-1',
          share: 1,
          minimum: 0,
          maximum: 10,
          instanceTypes: [],
        },
      ],
      minimum: 0,
      maximum: 10,
      reservation: { cpuPercent: 80, memoryPercent: 80 },
      headroom: [],
      unplacedGraceSeconds: 60,
      requestSeconds: 600,
      bootSeconds: 300,
      floors: [],
      scaleIn: { unneededSeconds: 600, afterOutSeconds: 600, mostAtOnce: 3, marginPercent: 10 },
    });
  });

  it('reads vCPUs and GiB, and gives pools the maximum of all', () => {
    const types = 'instanceTypes: [{ type: a, cpu: 0.5 vCPU, memory: 7.5 GiB }]';
    const text = `${head}pools: { spot: { spotFleet: sfr-1, ${types} } }\ncapacity: { maximum: 7, scaleIn: false }\n`;
    const { capacity } = accepted(text).policy;
    expect(capacity?.pools[0]).toMatchObject({ maximum: 7, instanceTypes: [{ cpu: 512, memoryMib: 7680 }] });
    expect(capacity?.scaleIn).toBeNull();
  });

  it.each([
    [service('{ maximum: 5, cpu: { above: 70 } }'), 'services.web.cpu has no below: it never removes a task'],
    [service('{ maximum: 5, cpu: { below: 20 } }'), 'services.web.cpu has no above: it never adds a task'],
    [
      service('{ maximum: 5, cpu: { target: 150 } }'),
      'services.web.cpu is above 100%, where CPU ends unless tasks may use more than they reserve',
    ],
    [
      `${head}every: 10s\nservices: { web: { maximum: 5, cpu: { target: 50 } } }\n`,
      'services.web.cpu has a new reading each 1m: deciding every 10s sees it again and again',
    ],
    [
      service('{ maximum: 5, cpu: { target: 50 }, floors: [{ cron: "0 8 * * *", for: 1h, minimum: 1 }] }'),
      'services.web.floors[0] changes nothing, because the minimum is 1 anyway',
    ],
    [
      `${head}${onePool}capacity: { maximum: 20 }\n`,
      'capacity.maximum 20 is never reached, as the pools have at most 10 together',
    ],
  ])('notes what is no mistake:\n%s', (text, note) => {
    expect(accepted(text).notes).toEqual([note]);
  });

  it('reports mistakes of all its parts at once, in the order of the document', () => {
    const text = `${head}every: 1s
pools: { spot: { spotFleet: x, maximum: 5 } }
capacity: { minimum: -1 }
services:
  a: { cpu: { target: 60 }, minimum: 11 }
  b: { cpu: { target: 0 } }
  c: { cpu: { above: 30, below: 16 } }
`;
    const parsed = readPolicy(text);
    const paths = parsed.kind === 'problems' ? parsed.problems.map(({ path }) => path) : [];
    expect(paths).toEqual([
      'every',
      'pools.spot.spotFleet',
      'capacity.minimum',
      'services.a.minimum',
      'services.b.cpu.target',
      'services.c.cpu.below',
    ]);
  });
});

describe('the world of a policy', () => {
  it('has each service and pool, with what is usual', () => {
    const { simulation } = accepted(
      `${head}${onePool}services: { web: { maximum: 5, cpu: { target: 50 } }, jobs: { maximum: 5, queueDepth: { queue: a, target: 9, inWorkPerTask: 1 } } }\n`,
    );
    const usual = {
      requestsPerSecondPerTask: 100,
      startSeconds: 10,
      imagePullSeconds: 20,
      stopSeconds: 30,
      cpu: 256,
      memoryMib: 512,
    };
    expect(simulation).toEqual({
      bootSeconds: [90, 150],
      metricDelaySeconds: 60,
      interruptionsPerHour: { spot: 0.05 },
      services: { web: { ...usual, overload: 'refuses' }, jobs: { ...usual, overload: 'queues' } },
    });
  });

  it('is as the document says', () => {
    const { simulation } = accepted(example('spot-cluster'));
    expect(simulation.interruptionsPerHour).toEqual({ 'on-demand': 0, spot: 0.05 });
    expect(simulation.services.search).toMatchObject({
      requestsPerSecondPerTask: 30,
      cpu: 1024,
      memoryMib: 2048,
    });
  });
});

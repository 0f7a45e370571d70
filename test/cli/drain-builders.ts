import type { StormResult } from '../../src/cli/storm.ts';
import type { ClusterCheck } from '../../src/drain/operator/decide-drain-risks.ts';
import type { DrainRecord } from '../../src/drain/records/drain-record.ts';
import type { DrainApi, DrainListEntry } from '../../src/platform/ports/drain-api.ts';

/** 2026-11-21 09:31:00 UTC. */
export const noticedAt = Date.UTC(2026, 10, 21, 9, 31);
const after = (seconds: number): number => noticedAt + seconds * 1000;

export const instanceId = 'i-0b662ef9931388ba0';
export const drainId = `${instanceId}-touifo`;

/** Twenty tasks behind two groups, stopped in time. */
export const aDrainRecord = (overrides: Partial<DrainRecord> = {}): DrainRecord => ({
  version: 1,
  drainId,
  instanceId,
  cluster: 'web',
  outcome: 'empty',
  notices: [{ instanceId, cause: 'spot-terminate', noticedAtMillis: noticedAt, deadlineMillis: after(120) }],
  heardAtMillis: after(0.84),
  deadlineMillis: after(120),
  endedAtMillis: after(105),
  steps: {
    found: after(1.3),
    draining: after(1.7),
    listed: after(2.3),
    deregistered: after(3),
    verified: after(10.4),
    lastStop: after(80.2),
    empty: after(103.9),
  },
  marginSeconds: 16.1,
  tasks: { seen: 20, stopped: 20, stopAsked: 20 },
  groups: [
    {
      group: 'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/73e2d6bc24d8a067',
      targets: 16,
    },
    { group: 'haproxy:admin', targets: 4 },
  ],
  requestsInFlight: 3,
  missed: [],
  ...overrides,
});

export const aDrainEntry = (overrides: Partial<DrainListEntry> = {}): DrainListEntry => ({
  drainId,
  instanceId,
  cluster: 'web',
  heardAtMillis: after(0.84),
  outcome: 'empty',
  marginSeconds: 16.1,
  missed: 0,
  ...overrides,
});

/** A drain API of functions that a test may replace; what isn't replaced must not be called. */
export const aDrainApi = (overrides: Partial<DrainApi> = {}): DrainApi => {
  const unexpected = (name: string) => () => Promise.reject(new Error(`${name} was not expected`));
  return {
    request: unexpected('request'),
    cancel: unexpected('cancel'),
    list: unexpected('list'),
    show: unexpected('show'),
    check: unexpected('check'),
    stopTask: unexpected('stopTask'),
    ...overrides,
  };
};

export const aClusterCheck = (overrides: Partial<ClusterCheck> = {}): ClusterCheck => ({
  cluster: 'web',
  checkedAtMillis: noticedAt,
  seen: { instances: 12, tasks: 240, services: 1, groups: 3 },
  risks: [
    {
      severity: 'error',
      kind: 'stop-timeout-over-budget',
      what: 'stopTimeout 115 s',
      where: 'task definition shop:3',
      why: 'a spot notice leaves 120 s: the instance goes while its containers still stop',
      fix: 'set stopTimeout of its containers to 110 or less',
    },
    {
      severity: 'note',
      kind: 'agent-spot-draining',
      what: "ECS_ENABLE_SPOT_INSTANCE_DRAINING can't be seen",
      where: 'the agents',
      why: 'an agent that drains by itself sets DRAINING first',
      fix: 'leave it out of /etc/ecs/ecs.config',
    },
  ],
  ...overrides,
});

export const aStormResult = (overrides: Partial<StormResult> = {}): StormResult => ({
  seed: 1,
  cause: 'spot',
  deadlineSeconds: 120,
  instances: { leaving: 5, staying: 5 },
  tasksPerInstance: 20,
  groups: 4,
  targets: 100,
  stopsAsked: 100,
  lastDeregistrationSeconds: 3.138,
  lastStopSeconds: 37.958,
  emptySeconds: 40.017,
  marginSeconds: 79.983,
  drainsThatMissed: 0,
  outcomes: { empty: 5 },
  calls: {
    deregister: { made: 4, throttled: 0, failed: 1 },
    stopTask: { made: 100, throttled: 2, failed: 0 },
  },
  requests: { sent: 48_086, failed: 0, toDeadTarget: 0, cutOff: 0, unserved: 0 },
  ...overrides,
});

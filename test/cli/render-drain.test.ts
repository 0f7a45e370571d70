import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatOffset, stepsWithout, timelineOf } from '../../src/cli/render/drain-timeline.ts';
import { renderDrainCheck } from '../../src/cli/render/render-drain-check.ts';
import { renderDrainList } from '../../src/cli/render/render-drain-list.ts';
import { renderDrainRecord } from '../../src/cli/render/render-drain-record.ts';
import { renderDrainStorm } from '../../src/cli/render/render-drain-storm.ts';
import type { DrainRecord } from '../../src/drain/records/drain-record.ts';
import {
  aClusterCheck,
  aDrainEntry,
  aDrainRecord,
  aStormResult,
  drainId,
  instanceId,
  noticedAt,
} from './drain-builders.ts';

const plain = { columns: 80, colour: false };
const narrow = { columns: 60, colour: false };
const coloured = { columns: 80, colour: true };
const red = '\u001b[31m';
const { steps } = aDrainRecord();

describe('a drain', () => {
  it('is a timeline in seconds since the notice, with one absolute instant', () => {
    expect(renderDrainRecord(aDrainRecord(), plain)).toBe(`EMPTY  ${instanceId} in cluster web
Seconds since the first notice, 2026-11-21 09:31:00 UTC:

     0.0 s  EC2: spot interruption, the instance is terminated
     0.8 s  heard of here, after 0.8 s on its way
     1.3 s  found in the cluster
     1.7 s  DRAINING: no new tasks come
     2.3 s  tasks listed: 20 in all
     3.0 s  20 targets in 2 groups deregistered
    10.4 s  nothing new is sent to them, after 7.4 s of verifying and settling
    80.2 s  the last task was told to stop, after 69.8 s for requests in flight
   103.9 s  empty, after 23.7 s for the tasks to end
   120.0 s  deadline

Margin      16.1 s: empty before the deadline
Tasks       20 seen, 20 told to stop, 20 seen to have stopped
Targets     shop 16, haproxy:admin 4
Requests    3 requests in flight when the tasks were told to stop
Drain       ${drainId}`);
  });

  it('under way says what is to come, and claims nothing of the end', () => {
    const record = aDrainRecord({
      outcome: 'running',
      endedAtMillis: null,
      steps: { ...steps, lastStop: null, empty: null },
      marginSeconds: null,
    });
    const text = renderDrainRecord(record, plain);
    expect(text).toMatch(/^UNDER WAY {2}/);
    expect(text).toContain('To come     told to stop, empty');
    expect(text).not.toContain('Margin');
  });

  it('that was too late is red where it was', () => {
    const record = aDrainRecord({
      steps: { ...steps, empty: noticedAt + 123_200 },
      marginSeconds: -3.2,
      missed: ['stopped after the deadline: task-1'],
    });
    const text = renderDrainRecord(record, coloured);
    expect(text).toContain(
      `${red}   123.2 s\u001b[39m  ${red}empty, after 43.0 s for the tasks to end, 3.2 s too late`,
    );
    expect(text).toContain(`${red}-3.2 s: empty only after the deadline`);
    expect(text).toContain(`${red}Missed`);
    expect(text).toContain('stopped after the deadline: task-1');
    expect(renderDrainRecord(aDrainRecord(), coloured)).not.toContain(red);
  });

  it('names everybody who was heard', () => {
    const lifecycle = {
      autoScalingGroupName: 'web-asg',
      lifecycleHookName: 'drain',
      lifecycleActionToken: 't',
      instanceId,
    };
    const notices: DrainRecord['notices'] = [
      { instanceId, cause: 'operator', noticedAtMillis: noticedAt, deadlineMillis: null, detail: 'ada' },
      {
        instanceId,
        cause: 'lifecycle',
        noticedAtMillis: noticedAt + 4_000,
        deadlineMillis: null,
        lifecycle,
      },
      {
        instanceId,
        cause: 'health',
        noticedAtMillis: noticedAt + 5_000,
        deadlineMillis: null,
        detail: 'AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED',
      },
    ];
    const text = renderDrainRecord(aDrainRecord({ notices }), { ...plain, columns: 120 });
    expect(text).toContain('     0.0 s  an operator asked for it: ada');
    expect(text).toContain(
      '     4.0 s  Auto Scaling takes the instance out and waits for the lifecycle hook (group web-asg, hook drain)',
    );
    expect(text).toContain('(AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED)');
  });

  it('begins with the earliest notice, however late it came', () => {
    const notices: DrainRecord['notices'] = [
      { instanceId, cause: 'rebalance', noticedAtMillis: noticedAt - 600_000, deadlineMillis: null },
      ...aDrainRecord().notices,
    ];
    const text = renderDrainRecord(aDrainRecord({ notices }), plain);
    expect(text).toContain('2026-11-21 09:21:00 UTC');
    expect(text).toContain('   600.0 s  EC2: spot interruption');
  });

  it.each([
    ['gone', 'the instance was gone'],
    ['taken-back', 'the instance is ACTIVE again'],
    ['abandoned', 'given up'],
  ] as const)('that is %s ends so', (outcome, words) => {
    const record = aDrainRecord({ outcome, steps: { ...steps, empty: null }, marginSeconds: null });
    expect(renderDrainRecord(record, plain)).toContain(`   105.0 s  ${words}`);
  });

  it('says who took it back, from then on, and what is to come no more', () => {
    const takenBack = { atMillis: noticedAt + 60_000, by: 'arn:aws:sts::1:assumed-role/ops/bob' };
    const record = aDrainRecord({ outcome: 'running', takenBack, steps: { ...steps, empty: null } });
    const text = renderDrainRecord(record, plain);
    expect(text).toContain('    60.0 s  taken back by arn:aws:sts::1:assumed-role/ops/bob');
    expect(text).not.toContain('To come');
    const nobody = aDrainRecord({ takenBack: { atMillis: noticedAt } });
    expect(renderDrainRecord(nobody, plain)).toContain('taken back by an operator');
  });

  it('of an instance that was found nowhere says which steps were not reached', () => {
    const none = {
      found: null,
      draining: null,
      listed: null,
      deregistered: null,
      verified: null,
      lastStop: null,
      empty: null,
    };
    const record = aDrainRecord({
      outcome: 'abandoned',
      steps: none,
      groups: [],
      tasks: { seen: 0, stopped: 0, stopAsked: 0 },
    });
    expect(stepsWithout(record)).toEqual(['found in the cluster', 'DRAINING', 'tasks listed', 'empty']);
    expect(stepsWithout({ ...record, outcome: 'gone' })).toEqual([
      'found in the cluster',
      'DRAINING',
      'tasks listed',
    ]);
    expect(stepsWithout({ ...record, outcome: 'taken-back' })).toEqual([]);
  });

  it('that nobody gave a deadline has none, and no margin', () => {
    const notices: DrainRecord['notices'] = [
      { instanceId, cause: 'operator', noticedAtMillis: noticedAt, deadlineMillis: null, detail: 'ada' },
    ];
    const text = renderDrainRecord(aDrainRecord({ notices, marginSeconds: 172_700 }), plain);
    expect(text).not.toMatch(/deadline|Margin/);
    const [notice] = notices;
    const lifecycle = {
      autoScalingGroupName: 'web-asg',
      lifecycleHookName: 'drain',
      lifecycleActionToken: 't',
      instanceId,
    };
    const hooked = notice && { ...notice, cause: 'lifecycle' as const, lifecycle };
    expect(
      renderDrainRecord(aDrainRecord({ notices: hooked ? [hooked] : [], marginSeconds: 3_500 }), plain),
    ).toContain('Margin      58 min 20 s: empty before the deadline');
  });

  it('with tasks behind no balancer waits for none', () => {
    const record = aDrainRecord({ groups: [], steps: { ...steps, deregistered: null, verified: null } });
    const text = renderDrainRecord(record, plain);
    expect(text).toContain('    80.2 s  the last task was told to stop\n');
    expect(text).not.toContain('Targets');
    expect(text).not.toContain('Requests');
  });

  it('whose tasks stopped by themselves claims to have told none', () => {
    const record = aDrainRecord({ tasks: { seen: 20, stopped: 20, stopAsked: 0 } });
    expect(renderDrainRecord(record, plain)).not.toContain('the last task was told to stop');
  });

  it('behind many groups names some', () => {
    const groups = Array.from({ length: 30 }, (_, n) => ({ group: `haproxy:web-${n}`, targets: 5 }));
    expect(renderDrainRecord(aDrainRecord({ groups }), plain)).toContain('22 more groups');
  });

  const instant = fc.option(fc.integer({ min: 0, max: 400_000 }).map((after) => noticedAt + after));
  const anyRecord = fc
    .record({
      outcome: fc.constantFrom('running', 'empty', 'gone', 'taken-back', 'abandoned'),
      steps: fc.record({
        found: instant,
        draining: instant,
        listed: instant,
        deregistered: instant,
        verified: instant,
        lastStop: instant,
        empty: instant,
      }),
      marginSeconds: fc.option(fc.double({ min: -500, max: 500, noNaN: true })),
      requestsInFlight: fc.option(fc.nat()),
      missed: fc.array(fc.string({ unit: 'binary' })),
      cluster: fc.string({ unit: 'binary' }),
    })
    .map((overrides) => aDrainRecord(overrides as Partial<DrainRecord>));

  it('is in order, whatever was reached', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const seconds = timelineOf(record).map((entry) => entry.seconds);
        expect(seconds).toEqual([...seconds].sort((one, other) => one - other));
      }),
    );
  });

  it('lets no control character of others through', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        expect(renderDrainRecord(record, plain).replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
      }),
    );
  });

  it.each([60, 80, 120])('fits into %i columns', (columns) => {
    for (const line of renderDrainRecord(aDrainRecord(), { columns, colour: false }).split('\n'))
      expect(line.length).toBeLessThanOrEqual(columns);
  });
});

describe('an offset', () => {
  it.each([
    [0, '0.0 s'],
    [-0.01, '0.0 s'],
    [12.34, '12.3 s'],
    [-3.26, '-3.3 s'],
    [1800.04, '1,800.0 s'],
  ])('of %d s is %s', (seconds, text) => {
    expect(formatOffset(seconds)).toBe(text);
  });
});

describe('a list of drains', () => {
  const entries = [
    aDrainEntry({ outcome: 'running', marginSeconds: null }),
    aDrainEntry(),
    aDrainEntry({ outcome: 'gone', marginSeconds: -13.25, missed: 2 }),
  ];

  it('is a table', () => {
    expect(renderDrainList(entries, plain)).toBe(
      `drain                       heard (UTC)       outcome   margin  missed  cluster
${drainId}  2026-11-21 09:31  running        -       0  web
${drainId}  2026-11-21 09:31  empty     16.1 s       0  web
${drainId}  2026-11-21 09:31  gone     -13.3 s       2  web`,
    );
  });

  it('shows in red what was too late or missed', () => {
    const [, , , late = ''] = renderDrainList(entries, coloured).split('\n');
    expect(late).toContain(`${red}-13.3 s`);
    expect(late).toContain(`${red}     2`);
  });

  it('fits into 80 columns with a long cluster name', () => {
    const cluster = 'a-long-name-of-a-cluster-in-production';
    const long = [...entries, aDrainEntry({ outcome: 'taken-back' })].map((entry) => ({ ...entry, cluster }));
    for (const line of renderDrainList(long, plain).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(renderDrainList(long, { columns: 120, colour: false })).toContain(cluster);
  });
});

describe('a check of a cluster', () => {
  it('says what, where, why and how to fix it', () => {
    expect(renderDrainCheck(aClusterCheck(), plain)).toBe(
      `Cluster web: 12 instances, 240 tasks, 1 service, 3 balancer groups.
1 thing would spoil a drain.

error    stopTimeout 115 s, task definition shop:3
         a spot notice leaves 120 s: the instance goes while its containers
         still stop
         Fix: set stopTimeout of its containers to 110 or less

note     ECS_ENABLE_SPOT_INSTANCE_DRAINING can't be seen, the agents
         an agent that drains by itself sets DRAINING first
         Fix: leave it out of /etc/ecs/ecs.config`,
    );
  });

  it('counts warnings apart, and says so when there is nothing', () => {
    const [error, note] = aClusterCheck().risks;
    const warning = error && { ...error, severity: 'warning' as const };
    expect(renderDrainCheck(aClusterCheck({ risks: warning ? [warning] : [] }), plain)).toContain(
      '1 thing may spoil a drain.',
    );
    expect(renderDrainCheck(aClusterCheck({ risks: note ? [note] : [] }), plain)).toContain(
      'Nothing was found that would spoil a drain.',
    );
  });

  it('fits into 60 columns', () => {
    for (const line of renderDrainCheck(aClusterCheck(), narrow).split('\n'))
      expect(line.length).toBeLessThanOrEqual(60);
  });
});

describe('a simulated storm', () => {
  it('says when the last of each was done, and what it cost', () => {
    expect(renderDrainStorm(aStormResult(), plain)).toBe(
      `5 instances of 10 taken back by EC2 within 120 s: 20 tasks on each, 4 target groups, seed 1

Targets     the last deregistered 3.1 s after the notice
Tasks       the last told to stop 38.0 s after the notice
            the last stopped 40.0 s after the notice
Margin      80.0 s in the drain that had the least
Drains      5 empty, none missed anything
Requests    48,086 in all, 0 failed

calls       made  throttled  failed
stopTask     100          2       0
deregister     4          0       1`,
    );
  });

  it('is red where requests failed or a drain was late', () => {
    const requests = { sent: 100, failed: 6, toDeadTarget: 3, cutOff: 2, unserved: 1 };
    const late = aStormResult({ requests, marginSeconds: -1.45, drainsThatMissed: 5 });
    const text = renderDrainStorm(late, coloured);
    expect(text).toContain(`${red}101 in all, 6 failed`);
    expect(text).toContain('3 sent to a stopped task, 2 cut off, 1 without a target');
    expect(text).toContain(`${red}-1.5 s in the drain`);
    expect(text).toContain(`${red}5 missed something`);
  });

  it('says what ECS did by itself', () => {
    const quiet = aStormResult({
      targets: 0,
      stopsAsked: 0,
      lastDeregistrationSeconds: null,
      lastStopSeconds: null,
    });
    const text = renderDrainStorm(quiet, plain);
    expect(text).toContain('Targets     ECS deregistered them when it replaced their tasks');
    expect(text).toContain('Tasks       none had to be told to stop');
  });

  it('claims no instant that not every drain reached', () => {
    const text = renderDrainStorm(
      aStormResult({ lastStopSeconds: null, emptySeconds: null, marginSeconds: null }),
      plain,
    );
    expect(text).toContain('the last told to stop at no known time');
    expect(text).toContain('Margin      unknown');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drainLimits } from '../../../src/drain/coordinator/drain-state.ts';
import { decideDrainRisks } from '../../../src/drain/operator/decide-drain-risks.ts';
import type { ClusterPicture, DrainRisk } from '../../../src/drain/operator/risks/drain-risk.ts';
import { aClusterTask, aDefinition, aGroup, anInstance, aPicture, aService } from '../support/a-picture.ts';

const risksOf = (overrides: Partial<ClusterPicture> = {}): readonly DrainRisk[] =>
  decideDrainRisks(aPicture(overrides), drainLimits);
const kindsOf = (overrides: Partial<ClusterPicture> = {}): readonly string[] =>
  risksOf(overrides).map(({ severity, kind }) => `${severity} ${kind}`);
const riskOf = (kind: string, overrides: Partial<ClusterPicture>): DrainRisk | undefined =>
  risksOf(overrides).find((risk) => risk.kind === kind);

/** What the API never shows is noted always. */
const always = 'note agent-spot-draining';

describe('what would spoil a drain', () => {
  it('is nothing in a cluster that is set up well, beside what cannot be seen', () => {
    expect(kindsOf()).toEqual([always]);
  });

  it.each([
    [0, ['error delay-too-short', always]],
    [4, ['warning delay-too-short', always]],
    [5, [always]],
    [80, [always]],
    [81, ['warning delay-too-long', always]],
    [300, ['warning delay-too-long', always]],
  ])('judges a deregistration delay of %d s against the two minutes', (deregistrationDelaySeconds, kinds) => {
    expect(kindsOf({ groups: [aGroup({ deregistrationDelaySeconds })] })).toEqual(kinds);
  });

  it('says how long requests have, of what', () => {
    const risk = riskOf('delay-too-long', {
      groups: [aGroup({ deregistrationDelaySeconds: 300 })],
      definitions: [aDefinition({ stopTimeoutSeconds: 60 })],
    });
    expect(risk).toMatchObject({
      what: 'deregistration delay 300 s',
      where: 'target group web, service web',
      why: expect.stringContaining('leave 50 s for requests in flight'),
      fix: expect.stringContaining('from 5 to 50'),
    });
  });

  it('names the parameter that a HAProxy backend has its delay from', () => {
    const group = 'haproxy:web';
    const risk = riskOf('delay-too-long', {
      services: [],
      tasks: [aClusterTask({ service: null, tags: { 'stormdrain.balancer': group } })],
      groups: [aGroup({ group, deregistrationDelaySeconds: 300 })],
    });
    expect(risk).toMatchObject({
      where: 'HAProxy backend web, task 1',
      fix: expect.stringContaining('HaproxyDelaySeconds'),
    });
  });

  it.each([
    [100, 100, 10, ['error no-room-to-replace', always]],
    [50, 100, 10, ['warning no-replacement-before-stop', always]],
    [100, 110, 10, [always]],
    // Parts of a task are no room, neither to start nor to stop.
    [95, 100, 10, ['error no-room-to-replace', always]],
    [100, 149, 2, ['error no-room-to-replace', always]],
    [100, 150, 2, [always]],
  ])(
    'judges minimumHealthyPercent %d and maximumPercent %d of %d tasks',
    (minimumHealthyPercent, maximumPercent, desiredCount, kinds) => {
      const services = [aService({ minimumHealthyPercent, maximumPercent, desiredCount })];
      expect(kindsOf({ services })).toEqual(kinds);
    },
  );

  it('asks no daemon for room', () => {
    const services = [
      aService({ schedulingStrategy: 'DAEMON', minimumHealthyPercent: 0, maximumPercent: 100 }),
    ];
    expect(kindsOf({ services })).toEqual([always]);
  });

  it('knows stop timeouts over the budget', () => {
    const stopTimeout = (stopTimeoutSeconds: number) => ({
      definitions: [aDefinition({ stopTimeoutSeconds })],
      services: [aService({ balancers: [] })],
    });
    expect(kindsOf(stopTimeout(110))).toEqual([always]);
    expect(kindsOf(stopTimeout(111))).toEqual(['error stop-timeout-over-budget', always]);
    expect(riskOf('stop-timeout-over-budget', stopTimeout(120))).toMatchObject({
      what: 'stopTimeout 120 s',
      where: 'task definition web:1',
      fix: expect.stringContaining('110'),
    });
  });

  it('notes that a stop timeout is the agents’ where the definition has none', () => {
    expect(kindsOf({ definitions: [aDefinition({ stopTimeoutSeconds: null })] })).toEqual([
      always,
      'note agent-stop-timeout',
    ]);
  });

  it('knows services of one task, and those with all tasks on one instance', () => {
    const one = { services: [aService({ desiredCount: 1 })] };
    expect(kindsOf(one)).toEqual(['warning single-task', always]);
    expect(kindsOf({ services: [aService({ desiredCount: 1, balancers: [] })] })).toEqual([
      always,
      'note single-task',
    ]);
    expect(kindsOf({ tasks: [aClusterTask(), aClusterTask({ taskArn: 'task/2' })] })).toEqual([
      'warning service-on-one-instance',
      always,
    ]);
  });

  it('knows who else drains', () => {
    const { cluster } = aPicture();
    expect(kindsOf({ cluster: { ...cluster, capacityProviders: ['spot'] } })).toEqual([
      'warning managed-draining',
      always,
    ]);
  });

  it('knows disconnected agents, by name', () => {
    const instances = ['i-1', 'i-2', 'i-3', 'i-4', 'i-5'].map((instanceId) =>
      anInstance({ instanceId, isAgentConnected: instanceId === 'i-1' }),
    );
    expect(riskOf('agent-disconnected', { instances })).toMatchObject({
      severity: 'warning',
      what: '4 agents are disconnected',
      where: 'i-2, i-3, i-4 and 1 more',
    });
  });

  it('knows groups that are not there, or behind no listener', () => {
    expect(kindsOf({ groups: [], missingGroups: ['web'] })).toEqual(['error group-missing', always]);
    expect(kindsOf({ groups: [aGroup({ isInUse: false, deregistrationDelaySeconds: 0 })] })).toEqual([
      always,
      'note group-without-listener',
    ]);
    const tagged = aClusterTask({ service: null, tags: { 'stormdrain.balancer': 'wbe' } });
    expect(
      riskOf('group-missing', { tasks: [...aPicture().tasks, tagged], missingGroups: ['wbe'] }),
    ).toMatchObject({
      what: "target group wbe isn't there",
      where: 'task 1',
      fix: expect.stringContaining('stormdrain.balancer'),
    });
  });

  it('says what was too much to look at, and takes nothing of that for missing', () => {
    const leftOut = [{ of: 'tasks', seen: 4000, count: 9000 } as const];
    const services = [aService({ runningCount: 5 })];
    const tasks = [aClusterTask(), aClusterTask({ taskArn: 'task/2' })];
    const kinds = kindsOf({ leftOut, services, tasks, groups: [], definitions: [] });
    expect(kinds).toEqual([always, 'note not-all-seen']);
    expect(riskOf('not-all-seen', { leftOut })?.what).toBe('4000 of 9000 tasks were looked at');
  });

  it('knows when replacements have nowhere to go, and when there is nothing to drain', () => {
    expect(kindsOf({ instances: [anInstance()] })).toEqual(['warning one-instance', always]);
    expect(kindsOf({ instances: [], tasks: [], services: [], definitions: [], groups: [] })).toEqual([
      'note no-instances',
    ]);
  });
});

const names = fc.constantFrom('web', 'shop', 'haproxy:edge', 'arn:aws:elbv2:1:targetgroup/api/1');
const percent = fc.integer({ min: 0, max: 300 });
const pictures: fc.Arbitrary<ClusterPicture> = fc
  .record({
    instances: fc.array(
      fc
        .record({
          instanceId: fc.constantFrom('i-1', 'i-2', 'i-3'),
          status: fc.constantFrom('ACTIVE' as const, 'DRAINING' as const, 'INACTIVE' as const),
          isAgentConnected: fc.boolean(),
        })
        .map(anInstance),
      { maxLength: 4 },
    ),
    tasks: fc.array(
      fc
        .record({
          taskArn: fc.integer({ min: 0, max: 99 }).map((n) => `task/${n}`),
          service: fc.option(names),
          containerInstanceArn: fc.option(fc.constantFrom('ci/i-1', 'ci/i-2')),
          taskDefinitionArn: fc.constantFrom('td/web:1', 'td/shop:2'),
          tags: fc.option(names).map((group) => (group === null ? {} : { 'stormdrain.balancer': group })),
        })
        .map((task) => aClusterTask(task as never)),
      { maxLength: 8 },
    ),
    services: fc.uniqueArray(
      fc
        .record({
          serviceName: names,
          desiredCount: fc.integer({ min: 0, max: 20 }),
          minimumHealthyPercent: percent,
          maximumPercent: percent,
          schedulingStrategy: fc.constantFrom('REPLICA' as const, 'DAEMON' as const),
          balancers: fc
            .array(names, { maxLength: 3 })
            .map((groups) =>
              groups.map((targetGroupArn) => ({ targetGroupArn, containerName: 'app', containerPort: 80 })),
            ),
        })
        .map(aService),
      { selector: ({ serviceName }) => serviceName },
    ),
    definitions: fc.uniqueArray(
      fc
        .record({
          taskDefinitionArn: fc.constantFrom('td/web:1', 'td/shop:2'),
          stopTimeoutSeconds: fc.option(fc.integer({ min: 2, max: 120 })),
        })
        .map(aDefinition),
      { selector: ({ taskDefinitionArn }) => taskDefinitionArn },
    ),
    groups: fc.uniqueArray(
      fc
        .record({
          group: names,
          deregistrationDelaySeconds: fc.integer({ min: 0, max: 3600 }),
          isInUse: fc.boolean(),
        })
        .map(aGroup),
      { selector: ({ group }) => group },
    ),
  })
  .map((parts) => {
    const found = new Set(parts.groups.map(({ group }) => group));
    const missingGroups = ['web', 'shop', 'haproxy:edge'].filter((name) => !found.has(name));
    return aPicture({ ...parts, missingGroups });
  });

const rank = { error: 0, warning: 1, note: 2 };

describe('the risks of any cluster', () => {
  it('are told whole, worst first, and the same whatever the order of what was read', () => {
    fc.assert(
      fc.property(pictures, fc.integer(), (picture, seed) => {
        const risks = decideDrainRisks(picture, drainLimits);
        for (const risk of risks)
          for (const text of [risk.what, risk.where, risk.why, risk.fix]) {
            expect(text).not.toBe('');
            expect(text).not.toMatch(/undefined|NaN|Infinity/);
          }
        const ranks = risks.map(({ severity }) => rank[severity]);
        expect(ranks).toEqual([...ranks].sort());
        const turned = <Item>(items: readonly Item[]): readonly Item[] => {
          const at = items.length === 0 ? 0 : Math.abs(seed) % items.length;
          return [...items.slice(at), ...items.slice(0, at)].reverse();
        };
        const other = {
          cluster: picture.cluster,
          instances: turned(picture.instances),
          tasks: turned(picture.tasks),
          services: turned(picture.services),
          definitions: turned(picture.definitions),
          groups: turned(picture.groups),
          missingGroups: turned(picture.missingGroups),
          leftOut: [],
        };
        expect(decideDrainRisks(other, drainLimits)).toEqual(risks);
      }),
    );
  });

  it('are gone once the fix is made: as much room as it says is enough', () => {
    const room = fc.record({
      desiredCount: fc.integer({ min: 2, max: 1000 }),
      minimumHealthyPercent: percent,
      maximumPercent: fc.integer({ min: 0, max: 100 }),
    });
    fc.assert(
      fc.property(room, (settings) => {
        const [risk] = risksOf({ services: [aService(settings)] });
        const maximumPercent = Number(/maximumPercent to (\d+)/.exec(risk?.fix ?? '')?.[1]);
        expect(kindsOf({ services: [aService({ ...settings, maximumPercent })] })).toEqual([always]);
        const less = aService({ ...settings, maximumPercent: maximumPercent - 1 });
        expect(kindsOf({ services: [less] })).toHaveLength(2);
      }),
    );
  });

  it('never ask for a delay that is a risk itself', () => {
    const settings = fc.record({
      delay: fc.integer({ min: 0, max: 3600 }),
      stopTimeoutSeconds: fc.integer({ min: 2, max: 120 }),
    });
    fc.assert(
      fc.property(settings, ({ delay, stopTimeoutSeconds }) => {
        const definitions = [aDefinition({ stopTimeoutSeconds })];
        const withDelay = (deregistrationDelaySeconds: number) =>
          risksOf({ definitions, groups: [aGroup({ deregistrationDelaySeconds })] }).find(({ kind }) =>
            kind.startsWith('delay'),
          );
        const { fix = '' } = withDelay(delay) ?? {};
        const [, ...advised] = /from (\d+) to (\d+)$/.exec(fix) ?? [];
        for (const each of advised) expect(withDelay(Number(each))).toBeUndefined();
        if (fix !== '') expect(advised).toHaveLength(stopTimeoutSeconds <= 105 ? 2 : 0);
      }),
    );
  });
});

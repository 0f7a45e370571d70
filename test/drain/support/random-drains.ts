import fc from 'fast-check';
import type { DrainTrouble } from '../../../src/platform/local/simulated-drains.ts';
import type { CallFault, CallKind } from '../../../src/platform/local/simulation/call-faults.ts';
import type {
  BatchSetup,
  GroupSetup,
  ServiceSetup,
  SimulationSetup,
} from '../../../src/platform/local/simulation/simulation-setup.ts';

/** How one instance leaves, and how its news come. */
export interface Leaving {
  readonly instance: number;
  /** `rushed`: an operator gives it less time than it takes. */
  readonly cause: 'terminate' | 'stop' | 'operator' | 'rushed';
  /** A lifecycle hook waits for it too. */
  readonly hasHook: boolean;
  readonly atSeconds: number;
  /** After the first news, the same again; the news of the hook among them. */
  readonly againSeconds: readonly number[];
}

export interface DrainCase {
  readonly simulation: SimulationSetup;
  readonly leaving: readonly Leaving[];
}

const groups: readonly GroupSetup[] = [
  { name: 'web', requestsPerSecond: 40, deregistrationDelaySeconds: 15 },
  { name: 'api', requestsPerSecond: 20, deregistrationDelaySeconds: 40 },
  { name: 'slow', requestsPerSecond: 10, deregistrationDelaySeconds: 300 },
  { name: 'unused', isInUse: false, deregistrationDelaySeconds: 30 },
  { name: 'own', requestsPerSecond: 30, deregistrationDelaySeconds: 20, targetType: 'ip' },
];

const task = {
  stopTimeoutSeconds: fc.constantFrom(null, 2, 10, 30, 60),
  onSigterm: fc.constantFrom('closes' as const, 'dies' as const),
};

const someService: fc.Arbitrary<Omit<ServiceSetup, 'name'>> = fc
  .record({
    ...task,
    desiredCount: fc.integer({ min: 0, max: 8 }),
    minimumHealthyPercent: fc.constantFrom(0, 50, 100),
    maximumPercent: fc.constantFrom(100, 200),
    isDaemon: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    behind: fc.constantFrom<readonly string[]>(
      [],
      ['web'],
      ['api'],
      ['web', 'api'],
      ['slow'],
      ['unused', 'web'],
      ['own'],
    ),
  })
  .map(({ isDaemon, behind, ...service }) => ({
    ...service,
    schedulingStrategy: isDaemon ? 'DAEMON' : 'REPLICA',
    groups: behind,
    networkMode: behind.includes('own') ? 'awsvpc' : 'bridge',
  }));

const someBatch: fc.Arbitrary<BatchSetup> = fc
  .record({ ...task, count: fc.integer({ min: 1, max: 5 }), group: fc.constantFrom(null, 'web', 'own') })
  .map(({ group, ...batch }) => ({
    ...batch,
    networkMode: group === 'own' ? ('awsvpc' as const) : ('bridge' as const),
    ...(group === null ? {} : { group }),
  }));

const someLeaving = (instances: number): fc.Arbitrary<readonly Leaving[]> =>
  fc.uniqueArray(
    fc.record({
      instance: fc.integer({ min: 0, max: instances - 1 }),
      cause: fc.constantFrom<Leaving['cause']>('terminate', 'terminate', 'stop', 'operator', 'rushed'),
      hasHook: fc.boolean(),
      atSeconds: fc.constantFrom(0, 0, 0, 1, 3, 8, 20),
      againSeconds: fc.array(fc.integer({ min: 0, max: 150 }), { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: instances, selector: ({ instance }) => instance },
  );

export const someCase: fc.Arbitrary<DrainCase> = fc.integer({ min: 1, max: 6 }).chain((instances) =>
  fc
    .record({
      seed: fc.integer({ min: 1, max: 1_000_000 }),
      services: fc.array(someService, { maxLength: 4 }),
      batchTasks: fc.array(someBatch, { maxLength: 3 }),
      leaving: someLeaving(instances),
    })
    .map(({ seed, services, batchTasks, leaving }) => ({
      leaving,
      simulation: {
        seed,
        instances,
        slotsPerInstance: 60,
        groups,
        services: services.map((service, n) => ({ ...service, name: `service-${n}` })),
        batchTasks,
      },
    })),
);

const faulty: readonly CallKind[] = [
  'listInstances',
  'describeInstances',
  'setInstanceState',
  'listTasks',
  'describeTasks',
  'describeServices',
  'describeTaskDefinition',
  'stopTask',
  'deregister',
  'health',
  'completeLifecycleAction',
];

const someFault: fc.Arbitrary<CallFault> = fc.record({
  call: fc.constantFrom(...faulty),
  share: fc.constantFrom(0.02, 0.1, 0.3),
  does: fc.constantFrom('fails' as const, 'hangs' as const, 'is-throttled' as const),
  when: fc.constantFrom('before' as const, 'after' as const),
});

export const someFaults = fc.array(someFault, { maxLength: 3 });

export const someTrouble: fc.Arbitrary<DrainTrouble> = fc.record(
  {
    dying: fc.record({
      share: fc.constantFrom(0.2, 0.5, 0.8),
      withinCalls: fc.constantFrom(5, 20, 80),
    }),
    doubled: fc.constantFrom(0.1, 0.5, 1),
    neighbour: fc.record({
      bucket: fc.constantFrom(
        ...(['resourceRead', 'resourceModify', 'balancerAny', 'balancerTargets', 'serviceRead'] as const),
      ),
      perSecond: fc.constantFrom(5, 30),
      seconds: fc.constantFrom(20, 60),
    }),
  },
  { requiredKeys: [] },
);

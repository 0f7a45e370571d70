import fc from 'fast-check';
import type { InstanceLeaving } from '../../../src/drain/leaving/instance-leaving.ts';
import type { LeavingDocument, LeavingInstance } from '../../../src/drain/leaving/leaving-document.ts';

export const now = Date.UTC(2026, 10, 21, 9, 31);

export const aLeaving = (overrides: Partial<InstanceLeaving> = {}): InstanceLeaving => ({
  instanceId: 'i-00000001',
  cause: 'spot-terminate',
  noticedAtMillis: now,
  deadlineMillis: now + 120_000,
  ...overrides,
});

export const aLifecycle = (token: string, overrides: Partial<InstanceLeaving> = {}): InstanceLeaving => {
  const leaving = aLeaving({ cause: 'lifecycle', deadlineMillis: null, ...overrides });
  return {
    ...leaving,
    lifecycle: {
      autoScalingGroupName: 'web',
      lifecycleHookName: 'drain',
      lifecycleActionToken: token,
      instanceId: leaving.instanceId,
    },
  };
};

export const anEntry = (overrides: Partial<LeavingInstance> = {}): LeavingInstance => {
  const instanceId = overrides.instanceId ?? 'i-00000001';
  return {
    instanceId,
    drainId: `${instanceId}-first`,
    pace: 'hurried',
    deadlineMillis: now - 400_000,
    heardAtMillis: now - 520_000,
    notices: [],
    ...overrides,
  };
};

export const aDocument = (
  entries: readonly LeavingInstance[],
  overrides: Partial<LeavingDocument> = {},
): LeavingDocument => ({
  version: 1,
  cluster: 'web',
  generation: 1,
  leasedUntilMillis: 0,
  instances: Object.fromEntries(entries.map((entry) => [entry.instanceId, entry])),
  ...overrides,
});

const instanceIds = ['i-00000001', 'i-00000002', 'i-00000003'] as const;
const around = fc.integer({ min: -800, max: 100 }).map((seconds) => now + seconds * 1000);

/** News of three instances, from a quarter of an hour ago until just ahead. */
export const someNews = fc.array(
  fc.oneof(
    fc
      .record({
        instanceId: fc.constantFrom(...instanceIds),
        cause: fc.constantFrom(
          ...([
            'spot-terminate',
            'spot-stop',
            'spot-hibernate',
            'rebalance',
            'stopping',
            'gone',
            'health',
            'operator',
          ] as const),
        ),
        noticedAtMillis: around,
        deadlineMillis: fc.option(fc.integer({ min: -100, max: 900 }).map((seconds) => now + seconds * 1000)),
      })
      .map(aLeaving),
    fc
      .record({
        instanceId: fc.constantFrom(...instanceIds),
        token: fc.constantFrom('t1', 't2', 't3'),
        noticedAtMillis: around,
      })
      .map(({ token, ...overrides }) => aLifecycle(token, overrides)),
  ),
  { maxLength: 12 },
);

const someEntry = (instanceId: string) =>
  fc
    .option(
      fc.record({
        how: fc.constantFrom(
          'endedAtMillis' as const,
          'cancelledAtMillis' as const,
          'heardAtMillis' as const,
        ),
        isCertain: fc.boolean(),
        atMillis: fc.integer({ min: -4000, max: 0 }).map((seconds) => now + seconds * 1000),
      }),
    )
    .map((end) =>
      end === null
        ? []
        : [
            anEntry({
              instanceId,
              [end.how]: end.atMillis,
              notices: end.isCertain ? [aLeaving({ instanceId, noticedAtMillis: now - 520_000 })] : [],
            }),
          ],
    );

/** Nothing, or what is known of some of the instances: drains that go on, have ended or were cancelled. */
export const someDocument = fc.option(
  fc
    .tuple(fc.tuple(...instanceIds.map(someEntry)), fc.integer({ min: -100, max: 100 }))
    .map(([entries, seconds]) => aDocument(entries.flat(), { leasedUntilMillis: now + seconds * 1000 })),
  { nil: undefined },
);

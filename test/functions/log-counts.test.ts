import { describe, expect, it } from 'vitest';
import { describeCounts } from '../../functions/log-counts.ts';

const metricsOf = (line: object | undefined): readonly string[] => {
  const { _aws } = (line ?? {}) as {
    readonly _aws?: {
      readonly CloudWatchMetrics: readonly { readonly Metrics: readonly { Name: string }[] }[];
    };
  };
  return _aws?.CloudWatchMetrics[0]?.Metrics.map(({ Name }) => Name) ?? [];
};

describe('describeCounts', () => {
  it('makes metrics of what is ignored, unknown and unreadable, by the intake', () => {
    const counts = { leaving: 2, known: 0, ignored: 3, unreadable: 1, unknownInstance: 4 };
    expect(describeCounts('instance-leaving', counts, 1_795_253_460_000)).toEqual({
      _aws: {
        Timestamp: 1_795_253_460_000,
        CloudWatchMetrics: [
          {
            Namespace: 'stormdrain',
            Dimensions: [['Intake']],
            Metrics: [
              { Name: 'Ignored', Unit: 'Count' },
              { Name: 'Unreadable', Unit: 'Count' },
              { Name: 'UnknownInstance', Unit: 'Count' },
            ],
          },
        ],
      },
      Intake: 'instance-leaving',
      leaving: 2,
      Ignored: 3,
      Unreadable: 1,
      UnknownInstance: 4,
    });
  });

  it('logs what has no metric without one', () => {
    const line = describeCounts('register-targets', { registered: 2, ignored: 0 }, 0);
    expect(line).toEqual({ Intake: 'register-targets', registered: 2 });
    expect(metricsOf(line)).toEqual([]);
  });

  it('says nothing where nothing was counted', () => {
    expect(describeCounts('register-targets', { registered: 0, ignored: 0 }, 0)).toBeUndefined();
  });

  it('has a value for every metric that it names', () => {
    const line = describeCounts('instance-leaving', { leaving: 1, ignored: 2, unreadable: 0 }, 0);
    expect(metricsOf(line)).toEqual(['Ignored']);
    expect(line).toHaveProperty('Ignored', 2);
  });
});

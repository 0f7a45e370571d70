import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { awsClientOptions } from '../../../src/platform/aws/aws-client-options.ts';
import { awsPace } from '../../../src/platform/aws/aws-pace.ts';

interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds: number;
}

interface TaskState {
  readonly TimeoutSeconds: number;
  readonly Retry: readonly Retrier[];
}

const { States: states } = parse(readFileSync('statemachines/load-test-run.asl.yml', 'utf8'));

/** Until a call of S3 that gets no answer has failed: as in aws-client-options.ts, with the pauses of throttled calls. */
const { maxAttempts, requestHandler } = awsClientOptions();
const storeCallSeconds =
  (maxAttempts * requestHandler.requestTimeout) / 1000 +
  Array.from({ length: maxAttempts - 1 }, (_, i) => 2 ** i).reduce((sum, pause) => sum + pause);

/** One try that renews the lease and times out, then every other one that is left, ending before it renews. */
const longestSeconds = ({ TimeoutSeconds, Retry }: TaskState): number =>
  Retry.reduce((seconds, { ErrorEquals, IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds }) => {
    const trySeconds = ErrorEquals.includes('StoreUnavailable') ? storeCallSeconds : 0;
    const pauses = Array.from({ length: MaxAttempts }, (_, i) =>
      Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** i),
    );
    return pauses.reduce((sum, pause) => sum + pause + trySeconds, seconds);
  }, TimeoutSeconds);

describe('the pace on AWS', () => {
  it.each(['CheckWorkers', 'StartRun', 'ObserveRun'])(
    'lets %s be retried as often as it may without a worker giving the run up',
    (name) => {
      expect(longestSeconds(states[name])).toBeLessThanOrEqual(awsPace.retryBudgetSeconds);
    },
  );

  it('lets workers without an orchestrator end soon after', () => {
    expect(awsPace.retryBudgetSeconds).toBeLessThan(1.2 * longestSeconds(states.ObserveRun));
  });
});

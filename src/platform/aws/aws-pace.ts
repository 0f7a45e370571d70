import type { PlatformPace } from '../../run/run-timing.ts';

/** On AWS each look is a state, a function and some reads, and a task takes half a minute to start. */
export const awsPace: PlatformPace = {
  observeSeconds: 10,
  segmentSecondsShort: 5,
  segmentSecondsLong: 10,
  pollMillis: 2000,
  /**
   * The longest between two renewals of the lease that the orchestrator gets over, by load-test-run.asl.yml. Every try of
   * a state renews it first. So: one that renews and then runs into its timeout (300 s); 3 more that S3 does not answer
   * (48 s each: 4 tries of 10 s, throttled pauses of 1 + 2 + 4 s); 4 that Lambda does not run; the pauses before all of
   * them (1 + 2 + 4 and 1 + 2 + 4 + 5 s). 463 s. What it doesn't get over ends in StopWorkers or is the reaper's.
   */
  retryBudgetSeconds: 500,
  silentSecondsAtLeast: 30,
  fleetSettleSeconds: 60,
};

/** A thousand tasks take 45 s to be asked for, each some 30 s to start, and spot capacity may take a moment to be found. */
export const awsReadyTimeoutSeconds = 300;

import type { RunTiming } from './documents.ts';

/** What a platform can do: how often it is worth looking, shipping and polling there. */
export interface PlatformPace {
  readonly observeSeconds: number;
  /** Runs under two minutes; longer ones may ship less often. */
  readonly segmentSecondsShort: number;
  readonly segmentSecondsLong: number;
  readonly pollMillis: number;
  /** All retries of one orchestrator step together, at most. */
  readonly retryBudgetSeconds: number;
  /** The least time a worker may be silent before it is taken for lost. */
  readonly silentSecondsAtLeast: number;
  /** For so long after it was launched, the fleet may not list a worker yet. */
  readonly fleetSettleSeconds: number;
}

/**
 * A Standard state machine keeps 25,000 events. A look at the run, or at its workers while they start, costs 9 (wait 2,
 * task 5, choice 2), and at most 5 more for each retry. With two retries every time: 1,000 observations are 19,000
 * events; a shard may start four times, each watched by 60 looks at most after 60 that it waits for capacity, which
 * without retries is 4,320 more.
 */
const mostObservations = 1000;
const mostLooksAtAStart = 60;
const shortRunSeconds = 120;

/** `runSeconds`: the load and the time that arrivals under way may take after it. The lease outlasts three of the longest waits. */
export const planTiming = (
  pace: PlatformPace,
  loadSeconds: number,
  runSeconds: number,
  readyTimeoutSeconds: number,
): RunTiming => {
  const observeSeconds = Math.max(pace.observeSeconds, Math.ceil(runSeconds / mostObservations));
  const readyWaitSeconds = Math.max(pace.observeSeconds, Math.ceil(readyTimeoutSeconds / mostLooksAtAStart));
  const segmentSeconds = loadSeconds < shortRunSeconds ? pace.segmentSecondsShort : pace.segmentSecondsLong;
  return {
    observeSeconds,
    readyWaitSeconds,
    segmentSeconds,
    pollMillis: pace.pollMillis,
    leaseSeconds: 3 * Math.max(observeSeconds, readyWaitSeconds) + pace.retryBudgetSeconds,
    startLeadMillis: Math.max(500, 4 * pace.pollMillis),
    changeLeadSeconds: (2 * pace.pollMillis) / 1000 + 0.5,
    silentSeconds: Math.max(pace.silentSecondsAtLeast, 3 * segmentSeconds),
    stopGraceSeconds: 1,
  };
};

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
}

/**
 * A Standard state machine keeps 25,000 events. One observation costs 9 (wait 2, task 5, choice 2) and 5 more for
 * each retry; 1,200 observations with two retries each stay below 24,000.
 */
const mostObservations = 1200;
const shortRunSeconds = 120;

/** `runSeconds`: the load and the time that arrivals under way may take after it. */
export const planTiming = (pace: PlatformPace, loadSeconds: number, runSeconds: number): RunTiming => {
  const observeSeconds = Math.max(pace.observeSeconds, Math.ceil(runSeconds / mostObservations));
  const segmentSeconds = loadSeconds < shortRunSeconds ? pace.segmentSecondsShort : pace.segmentSecondsLong;
  return {
    observeSeconds,
    segmentSeconds,
    pollMillis: pace.pollMillis,
    leaseSeconds: 3 * observeSeconds + pace.retryBudgetSeconds,
    startLeadMillis: Math.max(500, 4 * pace.pollMillis),
    changeLeadSeconds: (2 * pace.pollMillis) / 1000 + 0.5,
    silentSeconds: Math.max(pace.silentSecondsAtLeast, 3 * segmentSeconds),
    stopGraceSeconds: 1,
  };
};

import type { PlatformPace } from '../../run/run-timing.ts';

/** On one machine looking costs next to nothing, and a run may be a few seconds long. */
export const localPace: PlatformPace = {
  observeSeconds: 1,
  segmentSecondsShort: 1,
  segmentSecondsLong: 1,
  pollMillis: 250,
  retryBudgetSeconds: 5,
  silentSecondsAtLeast: 10,
  fleetSettleSeconds: 0,
};

import type { RunClock } from '../engine/engine.ts';

/** Microseconds on the machine's monotonic clock: the same in every thread, while `performance.now()` has an origin in each. */
export const sharedMicros = (): number => Number(process.hrtime.bigint()) / 1000;

const readings = 5;

/** What `performance.now()` is behind the shared clock, in microseconds. The reading that took least time is the truest. */
const measureOffsetMicros = (): number => {
  let shortest = Number.POSITIVE_INFINITY;
  let offset = 0;
  for (let reading = 0; reading < readings; reading++) {
    const before = performance.now();
    const shared = sharedMicros();
    const after = performance.now();
    if (after - before >= shortest) continue;
    shortest = after - before;
    offset = shared - ((before + after) / 2) * 1000;
  }
  return offset;
};

/** The run's clock in this thread, for a run that starts at that instant of the shared clock. */
export const runClock = (startsAtMicros: number): RunClock => {
  const offsetMicros = measureOffsetMicros() - startsAtMicros;
  return { nowMicros: () => performance.now() * 1000 + offsetMicros };
};

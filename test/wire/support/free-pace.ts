import type { CallPace } from '../../../src/platform/ports/call-pace.ts';

/** moto has no buckets. */
export const freePace: CallPace = { pay: async () => undefined, throttled: () => undefined };

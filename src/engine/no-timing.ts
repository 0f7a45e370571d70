import type { RequestTiming } from '../stats/measurement-sink.ts';

/** The figures of a request that nothing was sent for. */
export const noTiming = (): RequestTiming => ({
  serviceMicros: 0,
  responseMicros: 0,
  connectMicros: 0,
  bytesSent: 0,
  bytesReceived: 0,
});

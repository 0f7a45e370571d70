import { percentileOf } from '../median.ts';
import { serveParent } from '../targets/serve-parent.ts';
import { rawServer } from './raw-server.ts';
import { drawServiceMillis, type ServiceTimes, seededRandom } from './service-times.ts';

/** What the server did: requests, and how long it took for those after the warm-up, from read to written. */
export interface ServiceRecord {
  /** All of them. */
  readonly requests: number;
  readonly millis: {
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly p999: number;
  };
}

// Requests don't wait for each other: each has a timer of its own, however many there are.
const times = JSON.parse(process.argv[2] ?? '') as ServiceTimes;
const warmupSeconds = Number(process.argv[3] ?? 0);
const random = seededRandom(7);
const taken: number[] = [];
let requests = 0;
let firstAt = Number.NaN;

const server = rawServer((send) => {
  const readAt = performance.now();
  if (requests++ === 0) firstAt = readAt;
  const isRecorded = readAt - firstAt >= warmupSeconds * 1000;
  setTimeout(
    () => {
      send();
      if (isRecorded) taken.push(performance.now() - readAt);
    },
    drawServiceMillis(times, random),
  );
});

serveParent(server, (): ServiceRecord => {
  const ascending = Float64Array.from(taken).sort();
  const at = (percentile: number): number => percentileOf(ascending, percentile);
  return { requests, millis: { p50: at(50), p95: at(95), p99: at(99), p999: at(99.9) } };
});

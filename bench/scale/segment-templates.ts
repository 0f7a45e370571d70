import { gunzipSync, gzipSync } from 'node:zlib';
import { Recorder } from '../../src/stats/recorder.ts';
import { encodeSegment } from '../../src/stats/segment.ts';

export const stepNames = ['GET /', 'GET /items/{id}', 'POST /basket', 'POST /order'] as const;
/** Of one worker; four requests each. */
export const arrivalsPerSecond = 100;

interface SegmentDocument {
  shard: number;
  seq: number;
  fromSeconds: number;
  toSeconds: number;
  readonly tally: {
    readonly seconds: { second: number }[];
    readonly generators: { worker: string }[];
  };
}

/**
 * Segments as workers ship them, by a recorder like theirs: response times around 40 ms with a long tail, some failures.
 * Recording and packing hundreds of thousands would take hours, so that a few are recorded and told apart by their
 * seconds and workers.
 */
export class SegmentTemplates {
  readonly #templates: readonly SegmentDocument[];
  readonly #segmentSeconds: number;

  constructor(runId: string, count: number, segmentSeconds: number) {
    this.#segmentSeconds = segmentSeconds;
    this.#templates = Array.from({ length: count }, (_, index) => {
      const tally = recordSegment(`${index}/0`, segmentSeconds);
      const place = { runId, shard: index, attempt: 0, seq: 0, final: false };
      const body = encodeSegment({ ...place, fromSeconds: 0, toSeconds: segmentSeconds, tally });
      return JSON.parse(gunzipSync(body).toString('utf8'));
    });
  }

  /** As stored. */
  segment(shard: number, seq: number): Uint8Array {
    const template = this.#templates[shard % this.#templates.length] as SegmentDocument;
    const from = seq * this.#segmentSeconds;
    return gzipSync(
      JSON.stringify({
        ...template,
        shard,
        seq,
        fromSeconds: from,
        toSeconds: from + this.#segmentSeconds,
        tally: {
          ...template.tally,
          seconds: template.tally.seconds.map((row) => ({ ...row, second: row.second + from })),
          generators: template.tally.generators.map((row) => ({ ...row, worker: `${shard}/0` })),
        },
      }),
    );
  }
}

const recordSegment = (worker: string, seconds: number) => {
  const limits = { cpuFraction: 0.85, eventLoopLagMillis: 50 };
  const recorder = new Recorder(worker, stepNames, limits, 0);
  for (let arrival = 0; arrival < arrivalsPerSecond * seconds; arrival++) {
    const at = (arrival * 1e6) / arrivalsPerSecond;
    recorder.arrived(at, 100 + Math.random() * 400);
    for (const step of stepNames.keys()) {
      // Log-normal, which response times resemble.
      const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
      const serviceMicros = 40_000 * Math.exp(normal * 0.6) * (1 + step / 4);
      const timing = {
        serviceMicros,
        responseMicros: serviceMicros + 300,
        connectMicros: arrival % 200 === 0 ? 1500 : 0,
        bytesSent: 200,
        bytesReceived: 2000,
      };
      recorder.requestStarted(step, at);
      if (Math.random() < 0.002) recorder.requestFailed(step, at, timing, 'unexpected status', '503');
      else recorder.requestCompleted(step, at, timing);
    }
  }
  for (let second = 0; second < seconds; second++)
    recorder.sampleHealth({
      thread: 0,
      fromMicros: second * 1e6,
      toMicros: (second + 1) * 1e6,
      cpuMicros: 200_000,
      measuredBy: 'cpu',
      eventLoopLagMaxMicros: 2000,
      gcMicros: 3000,
      gcMaxMicros: 1000,
      spinMicros: 0,
    });
  return recorder.cut();
};

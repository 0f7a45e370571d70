import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import * as z from 'zod/mini';
import { encodeGenerator, generatorDocument } from './generator-tally.ts';
import type { LatencyHistogram } from './latency-histogram.ts';
import type { SecondTally, Tally } from './tally.ts';

const count = z.int().check(z.nonnegative());
const figure = z.number().check(z.nonnegative());

const secondDocument = z.object({
  second: z.int(),
  arrived: count,
  dropped: count,
  droppedBusy: count,
  started: count,
  completed: count,
  failed: count,
  inFlight: count,
  bytesSent: count,
  bytesReceived: count,
  cpuFraction: figure,
  eventLoopLagMicros: figure,
  response: z.string(),
  service: z.string(),
  steps: z.array(z.object({ name: z.string(), completed: count, failed: count })),
});

/** A tally as JSON. Histograms are HdrHistogram V2, deflated, base64; empty ones the empty string. */
export const tallyDocument = z.object({
  seconds: z.array(secondDocument),
  warmup: z.array(secondDocument),
  steps: z.array(
    z.object({
      name: z.string(),
      completed: count,
      failed: count,
      response: z.string(),
      service: z.string(),
      failedResponse: z.string(),
    }),
  ),
  sendLag: z.string(),
  connect: z.string(),
  errors: z.array(z.object({ kind: z.string(), step: z.string(), count, example: z.string() })),
  drops: z.array(z.object({ reason: z.string(), count })),
  duplicated: count,
  generators: z.array(generatorDocument),
  endedScenarios: z.array(z.object({ scenario: z.string(), reason: z.string() })),
});

export type TallyDocument = z.infer<typeof tallyDocument>;
export type SecondDocument = z.infer<typeof secondDocument>;

const encodeSeconds = (rows: ReadonlyMap<number, SecondTally>): SecondDocument[] =>
  [...rows]
    .sort(([a], [b]) => a - b)
    .map(([second, row]) => ({
      ...row,
      second,
      response: row.response.encode(),
      service: row.service.encode(),
      steps: [...row.steps].map(([name, counts]) => ({ name, ...counts })),
    }));

export const encodeTally = (tally: Tally): TallyDocument => ({
  seconds: encodeSeconds(tally.seconds),
  warmup: encodeSeconds(tally.warmup),
  steps: [...tally.steps].map(([name, step]) => ({
    ...step,
    name,
    response: step.response.encode(),
    service: step.service.encode(),
    failedResponse: step.failedResponse.encode(),
  })),
  sendLag: tally.sendLag.encode(),
  connect: tally.connect.encode(),
  errors: [...tally.errors.values()],
  drops: [...tally.drops].map(([reason, dropped]) => ({ reason, count: dropped })),
  duplicated: tally.duplicated,
  generators: [...tally.generators].map(([worker, figures]) => encodeGenerator(worker, figures)),
  endedScenarios: [...tally.endedScenarios].map(([scenario, reason]) => ({ scenario, reason })),
});

function* histogramsOf(tally: Tally): Generator<LatencyHistogram> {
  for (const row of [...tally.seconds.values(), ...tally.warmup.values()]) yield* [row.response, row.service];
  for (const step of tally.steps.values()) yield* [step.response, step.service, step.failedResponse];
  yield* [tally.sendLag, tally.connect];
}

/**
 * `encodeTally` for a thread that also drives an engine: packing a histogram takes up to a fraction of a millisecond, and
 * there may be hundreds, so the event loop has a turn after each. The tally must not change meanwhile.
 */
export const encodeTallyInTurns = async (tally: Tally): Promise<TallyDocument> => {
  for (const histogram of histogramsOf(tally)) {
    histogram.encode();
    await eventLoopTurn();
  }
  return encodeTally(tally);
};

import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import { z } from 'zod';
import { decodeGenerator, encodeGenerator, generatorDocument } from './generator-tally.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import {
  countDrops,
  countError,
  emptyTally,
  rowOf,
  type SecondTally,
  stepOf,
  stepOfSecond,
  type Tally,
} from './tally.ts';

const count = z.number().int().nonnegative();
const figure = z.number().nonnegative();

const secondDocument = z.object({
  second: z.number().int(),
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
  lateMissed: count,
  duplicated: count,
  generators: z.array(generatorDocument),
  endedScenarios: z.array(z.object({ scenario: z.string(), reason: z.string() })),
});

export type TallyDocument = z.infer<typeof tallyDocument>;
type SecondDocument = z.infer<typeof secondDocument>;

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

/** Adds rows that are not there yet. */
export const decodeSeconds = (
  document: readonly SecondDocument[],
  rows: Map<number, SecondTally>,
): Map<number, SecondTally> => {
  for (const { second, response, service, steps, ...counts } of document) {
    const row = rowOf(rows, second);
    Object.assign(row, counts);
    row.response.add(LatencyHistogram.decode(response, 2));
    row.service.add(LatencyHistogram.decode(service, 2));
    for (const { name, ...step } of steps) Object.assign(stepOfSecond(row, name), step);
  }
  return rows;
};

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
  lateMissed: tally.lateMissed,
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

export const decodeTally = (document: TallyDocument): Tally => {
  const tally = {
    ...emptyTally(),
    sendLag: LatencyHistogram.decode(document.sendLag, 3),
    connect: LatencyHistogram.decode(document.connect, 3),
  };
  decodeSeconds(document.seconds, tally.seconds);
  decodeSeconds(document.warmup, tally.warmup);
  for (const { name, completed, failed, response, service, failedResponse } of document.steps) {
    const step = stepOf(tally, name);
    step.completed = completed;
    step.failed = failed;
    step.response.add(LatencyHistogram.decode(response, 3));
    step.service.add(LatencyHistogram.decode(service, 3));
    step.failedResponse.add(LatencyHistogram.decode(failedResponse, 3));
  }
  for (const error of document.errors) countError(tally, error.kind, error.step, error.count, error.example);
  for (const drop of document.drops) countDrops(tally, drop.reason, drop.count);
  for (const generator of document.generators)
    tally.generators.set(generator.worker, decodeGenerator(generator));
  for (const ended of document.endedScenarios) tally.endedScenarios.set(ended.scenario, ended.reason);
  tally.lateMissed = document.lateMissed;
  tally.duplicated = document.duplicated;
  return tally;
};

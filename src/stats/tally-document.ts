import { z } from 'zod';
import { LatencyHistogram } from './latency-histogram.ts';
import {
  countDrops,
  countError,
  emptyTally,
  generatorOf,
  secondOf,
  stepOf,
  stepOfSecond,
  type Tally,
} from './tally.ts';

const count = z.number().int().nonnegative();
const figure = z.number().nonnegative();

/** A tally as JSON. Histograms are HdrHistogram V2, deflated, base64; empty ones the empty string. */
export const tallyDocument = z.object({
  seconds: z.array(
    z.object({
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
    }),
  ),
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
  generators: z.array(
    z.object({
      worker: z.string(),
      cpuMicros: figure,
      wallMicros: figure,
      peakCpuFraction: figure,
      eventLoopLagMaxMicros: figure,
      peakMemoryBytes: figure,
      peakSockets: count,
    }),
  ),
  endedScenarios: z.array(z.object({ scenario: z.string(), reason: z.string() })),
});

export type TallyDocument = z.infer<typeof tallyDocument>;

export const encodeTally = (tally: Tally): TallyDocument => ({
  seconds: [...tally.seconds]
    .sort(([a], [b]) => a - b)
    .map(([second, row]) => ({
      ...row,
      second,
      response: row.response.encode(),
      service: row.service.encode(),
      steps: [...row.steps].map(([name, counts]) => ({ name, ...counts })),
    })),
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
  generators: [...tally.generators].map(([worker, figures]) => ({ worker, ...figures })),
  endedScenarios: [...tally.endedScenarios].map(([scenario, reason]) => ({ scenario, reason })),
});

export const decodeTally = (document: TallyDocument): Tally => {
  const tally = {
    ...emptyTally(),
    sendLag: LatencyHistogram.decode(document.sendLag, 3),
    connect: LatencyHistogram.decode(document.connect, 3),
  };
  for (const { second, response, service, steps, ...counts } of document.seconds) {
    const row = secondOf(tally, second);
    Object.assign(row, counts);
    row.response.add(LatencyHistogram.decode(response, 2));
    row.service.add(LatencyHistogram.decode(service, 2));
    for (const { name, ...step } of steps) Object.assign(stepOfSecond(row, name), step);
  }
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
  for (const { worker, ...figures } of document.generators)
    Object.assign(generatorOf(tally, worker), figures);
  for (const ended of document.endedScenarios) tally.endedScenarios.set(ended.scenario, ended.reason);
  tally.lateMissed = document.lateMissed;
  tally.duplicated = document.duplicated;
  return tally;
};

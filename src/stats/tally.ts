import { emptyGenerator, type GeneratorTally } from './generator-tally.ts';
import { LatencyHistogram } from './latency-histogram.ts';

/**
 * Everything measured, in the form that merges: what a worker fills between two segments, what a segment and a
 * rollup carry, and what the summary is read from. Merging tallies in any order and grouping gives the tally of all
 * samples. Keys are names, not indexes, so that a merged tally reads without its plan.
 */
export interface Tally {
  readonly seconds: Map<number, SecondTally>;
  /** The part of `seconds` that belongs to the warm-up, whose requests may end after it. `steps`, `connect` and `sendLag` hold nothing of it. */
  readonly warmup: Map<number, SecondTally>;
  readonly steps: Map<string, StepTally>;
  readonly sendLag: LatencyHistogram;
  readonly connect: LatencyHistogram;
  /** Key: kind and step. */
  readonly errors: Map<string, ErrorTally>;
  readonly drops: Map<string, number>;
  /** Arrivals sent that belonged to another shard, under an epoch that was read too late. */
  duplicated: number;
  /** By worker, `shard/attempt`. */
  readonly generators: Map<string, GeneratorTally>;
  readonly endedScenarios: Map<string, string>;
}

/** One second since the run's start, over all steps. Arrivals count in the second they were due, requests when they ended. */
export interface SecondTally {
  arrived: number;
  dropped: number;
  /** The part of `dropped` that fell in a second in which its generator was over its limits. */
  droppedBusy: number;
  started: number;
  completed: number;
  failed: number;
  /** Requests under way at the second's end, by the workers that lived to say so. */
  inFlight: number;
  bytesSent: number;
  bytesReceived: number;
  /** Fraction of one core, the busiest engine thread's; and the longest the event loop was held up. */
  cpuFraction: number;
  eventLoopLagMicros: number;
  /** Successful requests only, 2 digits. */
  readonly response: LatencyHistogram;
  readonly service: LatencyHistogram;
  readonly steps: Map<string, StepCounts>;
}

export interface StepCounts {
  completed: number;
  failed: number;
}

/** Successful requests of one step, 3 digits; failed ones are timed apart. */
export interface StepTally {
  completed: number;
  failed: number;
  readonly response: LatencyHistogram;
  readonly service: LatencyHistogram;
  readonly failedResponse: LatencyHistogram;
}

export interface ErrorTally {
  readonly kind: string;
  readonly step: string;
  count: number;
  readonly example: string;
}

export const emptyTally = (): Tally => ({
  seconds: new Map(),
  warmup: new Map(),
  steps: new Map(),
  sendLag: new LatencyHistogram(3),
  connect: new LatencyHistogram(3),
  errors: new Map(),
  drops: new Map(),
  duplicated: 0,
  generators: new Map(),
  endedScenarios: new Map(),
});

const inMap = <Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value => {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
};

/** `rows` are a tally's `seconds` or its `warmup`. */
export const rowOf = (rows: Map<number, SecondTally>, second: number): SecondTally =>
  inMap(rows, second, () => ({
    arrived: 0,
    dropped: 0,
    droppedBusy: 0,
    started: 0,
    completed: 0,
    failed: 0,
    inFlight: 0,
    bytesSent: 0,
    bytesReceived: 0,
    cpuFraction: 0,
    eventLoopLagMicros: 0,
    response: new LatencyHistogram(2),
    service: new LatencyHistogram(2),
    steps: new Map(),
  }));

export const secondOf = (tally: Tally, second: number): SecondTally => rowOf(tally.seconds, second);

export const stepOf = (tally: Tally, step: string): StepTally =>
  inMap(tally.steps, step, () => ({
    completed: 0,
    failed: 0,
    response: new LatencyHistogram(3),
    service: new LatencyHistogram(3),
    failedResponse: new LatencyHistogram(3),
  }));

export const stepOfSecond = (second: SecondTally, step: string): StepCounts =>
  inMap(second.steps, step, () => ({ completed: 0, failed: 0 }));

/** Keeps the smallest example: keeping the first would let the order of merging show. */
export const countError = (
  tally: Tally,
  kind: string,
  step: string,
  count: number,
  example: string,
): void => {
  const key = `${kind}\n${step}`;
  const found = tally.errors.get(key);
  tally.errors.set(key, {
    kind,
    step,
    count: (found?.count ?? 0) + count,
    example: found === undefined || example < found.example ? example : found.example,
  });
};

export const countDrops = (tally: Tally, reason: string, count: number): void => {
  tally.drops.set(reason, (tally.drops.get(reason) ?? 0) + count);
};

export const generatorOf = (tally: Tally, worker: string): GeneratorTally =>
  inMap(tally.generators, worker, emptyGenerator);

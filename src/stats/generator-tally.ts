import * as z from 'zod/mini';

const count = z.int().check(z.nonnegative());
const figure = z.number().check(z.nonnegative());

/**
 * How one of a worker's engine threads used the processor: its CPU time, or where that can't be known of a single
 * thread, the time its event loop was at work, which is never less.
 */
const threadDocument = z.object({
  thread: count,
  cpuMicros: figure,
  measuredBy: z.enum(['cpu', 'event loop']),
});

/** A generator's tally as JSON. */
export const generatorDocument = z.object({
  worker: z.string(),
  cpuMicros: figure,
  wallMicros: figure,
  peakCpuFraction: figure,
  eventLoopLagMaxMicros: figure,
  gcMicros: figure,
  gcMaxMicros: figure,
  spinMicros: figure,
  peakMemoryBytes: figure,
  peakSockets: count,
  threads: z.array(threadDocument),
});

type GeneratorDocument = z.infer<typeof generatorDocument>;
export type ThreadTally = Omit<z.infer<typeof threadDocument>, 'thread'>;

/** How the worker itself was doing. CPU, memory and sockets are the whole worker's. */
export interface GeneratorTally {
  cpuMicros: number;
  wallMicros: number;
  /** Fraction of one core that its busiest thread used in a second: what delays arrivals. */
  peakCpuFraction: number;
  /** The longest that one of its event loops was held up. */
  eventLoopLagMaxMicros: number;
  /** Pauses for garbage collection: all of its threads together, and the longest one. */
  gcMicros: number;
  gcMaxMicros: number;
  /** CPU spent on waiting for instants without letting go (`precise`). */
  spinMicros: number;
  peakMemoryBytes: number;
  peakSockets: number;
  /** By the number of the thread. */
  readonly threads: Map<number, ThreadTally>;
}

export const emptyGenerator = (): GeneratorTally => ({
  cpuMicros: 0,
  wallMicros: 0,
  peakCpuFraction: 0,
  eventLoopLagMaxMicros: 0,
  gcMicros: 0,
  gcMaxMicros: 0,
  spinMicros: 0,
  peakMemoryBytes: 0,
  peakSockets: 0,
  threads: new Map(),
});

/** The coarser measure wins, so that merging in any order says the same. */
export const addThread = (into: GeneratorTally, thread: number, from: ThreadTally): void => {
  const known = into.threads.get(thread);
  into.threads.set(thread, {
    cpuMicros: (known?.cpuMicros ?? 0) + from.cpuMicros,
    measuredBy: known?.measuredBy === 'event loop' ? 'event loop' : from.measuredBy,
  });
};

export const mergeGenerator = (into: GeneratorTally, from: GeneratorTally): void => {
  into.cpuMicros += from.cpuMicros;
  into.wallMicros += from.wallMicros;
  into.peakCpuFraction = Math.max(into.peakCpuFraction, from.peakCpuFraction);
  into.eventLoopLagMaxMicros = Math.max(into.eventLoopLagMaxMicros, from.eventLoopLagMaxMicros);
  into.gcMicros += from.gcMicros;
  into.gcMaxMicros = Math.max(into.gcMaxMicros, from.gcMaxMicros);
  into.spinMicros += from.spinMicros;
  into.peakMemoryBytes = Math.max(into.peakMemoryBytes, from.peakMemoryBytes);
  into.peakSockets = Math.max(into.peakSockets, from.peakSockets);
  for (const [thread, figures] of from.threads) addThread(into, thread, figures);
};

export const encodeGenerator = (
  worker: string,
  { threads, ...figures }: GeneratorTally,
): GeneratorDocument => ({
  worker,
  ...figures,
  threads: [...threads].map(([thread, used]) => ({ thread, ...used })),
});

export const decodeGenerator = ({ worker: _, threads, ...figures }: GeneratorDocument): GeneratorTally => ({
  ...figures,
  threads: new Map(threads.map(({ thread, ...used }) => [thread, used])),
});

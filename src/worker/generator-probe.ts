import { PerformanceObserver } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';
import type { ThreadTally } from '../stats/generator-tally.ts';

/** Looks at the thread that generates load. */
export interface ThreadProbe {
  /** Figures since the look before. */
  look(): ThreadTally & {
    readonly eventLoopLagMaxMicros: number;
    readonly gcMicros: number;
    readonly gcMaxMicros: number;
  };
  close(): void;
}

const tickMillis = 10;

interface CpuReading {
  readonly measuredBy: ThreadTally['measuredBy'];
  /** Since the thread's start. */
  micros(): number;
}

const totalMicros = ({ user, system }: NodeJS.CpuUsage): number => user + system;

/** Node 20 knows the CPU time of the process only: good for the one thread of a worker, not for one of several. */
const cpuReading = (): CpuReading => {
  const ofThread: (() => NodeJS.CpuUsage) | undefined = process.threadCpuUsage?.bind(process);
  if (ofThread !== undefined) return { measuredBy: 'cpu', micros: () => totalMicros(ofThread()) };
  if (isMainThread) return { measuredBy: 'cpu', micros: () => totalMicros(process.cpuUsage()) };
  return {
    measuredBy: 'event loop',
    micros: () => Math.round(performance.eventLoopUtilization().active * 1000),
  };
};

/**
 * The longest that the event loop was held up since the look before. Not `monitorEventLoopDelay`: after a reset it
 * overlooks everything until its next tick, and work is done right after each look.
 */
const loopLag = () => {
  let lastMillis = performance.now();
  let worstMillis = 0;
  const note = (): void => {
    const nowMillis = performance.now();
    worstMillis = Math.max(worstMillis, nowMillis - lastMillis - tickMillis);
    lastMillis = nowMillis;
  };
  const timer = setInterval(note, tickMillis);
  timer.unref();
  return {
    lookMicros(): number {
      note();
      const micros = Math.round(worstMillis * 1000);
      worstMillis = 0;
      return micros;
    },
    close: () => clearInterval(timer),
  };
};

/** Of the thread that calls it. */
export const threadProbe = (): ThreadProbe => {
  const cpu = cpuReading();
  let cpuBefore = cpu.micros();
  const lag = loopLag();
  const pauses: number[] = [];
  const note = (entries: readonly { readonly duration: number }[]): void => {
    for (const { duration } of entries) pauses.push(Math.round(duration * 1000));
  };
  const collections = new PerformanceObserver((list) => note(list.getEntries()));
  collections.observe({ entryTypes: ['gc'] });
  return {
    look() {
      const cpuNow = cpu.micros();
      const cpuMicros = cpuNow - cpuBefore;
      cpuBefore = cpuNow;
      const eventLoopLagMaxMicros = lag.lookMicros();
      note(collections.takeRecords());
      const gcMicros = pauses.reduce((sum, pause) => sum + pause, 0);
      const gcMaxMicros = Math.max(0, ...pauses);
      pauses.length = 0;
      return { cpuMicros, measuredBy: cpu.measuredBy, eventLoopLagMaxMicros, gcMicros, gcMaxMicros };
    },
    close() {
      lag.close();
      collections.disconnect();
    },
  };
};

/** Looks at the whole process of a worker. */
export interface ProcessProbe {
  look(): { readonly cpuMicros: number; readonly memoryBytes: number };
}

export const processProbe = (): ProcessProbe => {
  let before = totalMicros(process.cpuUsage());
  return {
    look() {
      const now = totalMicros(process.cpuUsage());
      const cpuMicros = now - before;
      before = now;
      return { cpuMicros, memoryBytes: process.memoryUsage.rss() };
    },
  };
};

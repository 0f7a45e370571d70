import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Looks at the process that generates the load. */
export interface GeneratorProbe {
  /** Figures since the look before. */
  sample(): {
    readonly cpuMicros: number;
    readonly eventLoopLagMaxMicros: number;
    readonly memoryBytes: number;
  };
  close(): void;
}

const resolutionMillis = 10;

export const processProbe = (): GeneratorProbe => {
  const delay = monitorEventLoopDelay({ resolution: resolutionMillis });
  delay.enable();
  let before = process.cpuUsage();
  return {
    sample() {
      const now = process.cpuUsage();
      const cpuMicros = now.user - before.user + now.system - before.system;
      before = now;
      // The histogram holds the time between two ticks of a timer; what is above its period is lag.
      const eventLoopLagMaxMicros = Math.max(0, delay.max / 1000 - resolutionMillis * 1000);
      delay.reset();
      return { cpuMicros, eventLoopLagMaxMicros, memoryBytes: process.memoryUsage.rss() };
    },
    close: () => delay.disable(),
  };
};

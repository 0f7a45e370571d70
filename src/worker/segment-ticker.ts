import type { RunClock } from '../engine/engine.ts';
import { mergeGenerator } from '../stats/generator-tally.ts';
import { emptyTally, generatorOf, type Tally } from '../stats/tally.ts';
import type { ProcessProbe } from './generator-probe.ts';
import type { LoadLane } from './load-lane.ts';
import type { SegmentShipper } from './segment-shipper.ts';

export interface SegmentTickerOptions {
  readonly clock: RunClock;
  readonly shipper: SegmentShipper;
  readonly probe: ProcessProbe;
  /** `shard/attempt`. */
  readonly worker: string;
  readonly segmentSeconds: number;
  /** Undefined until it is started. */
  load(): LoadLane | undefined;
}

/**
 * Looks at the generator at the end of each second of the run, and cuts a segment every `segmentSeconds`, both on
 * the run's clock: the workers' seconds are the same seconds.
 */
export const segmentTicker = (options: SegmentTickerOptions): { finish(): Promise<void> } => {
  const { clock, shipper, probe } = options;
  let sampledMicros = Math.max(0, clock.nowMicros());
  let cutSeconds = sampledMicros / 1e6;
  let timer: NodeJS.Timeout | undefined;
  let whole: Tally = emptyTally();
  let shipped: Promise<void> = Promise.resolve();
  probe.look();

  const look = (): void => {
    options.load()?.look();
    const nowMicros = clock.nowMicros();
    const { cpuMicros, memoryBytes } = probe.look();
    if (nowMicros <= sampledMicros) return;
    const generator = generatorOf(whole, options.worker);
    generator.cpuMicros += cpuMicros;
    generator.wallMicros += nowMicros - sampledMicros;
    generator.peakMemoryBytes = Math.max(generator.peakMemoryBytes, memoryBytes);
    generator.peakSockets = Math.max(generator.peakSockets, options.load()?.openSockets() ?? 0);
    sampledMicros = nowMicros;
  };
  const cut = (final: boolean): void => {
    const fromSeconds = cutSeconds;
    const toSeconds = Math.max(cutSeconds, clock.nowMicros() / 1e6);
    const ofProcess = whole;
    const measured = options.load()?.cut() ?? Promise.resolve(emptyTally());
    whole = emptyTally();
    cutSeconds = toSeconds;
    // One after the other: the shipper numbers them.
    shipped = shipped.then(async () => {
      const tally = await measured;
      for (const [worker, figures] of ofProcess.generators)
        mergeGenerator(generatorOf(tally, worker), figures);
      shipper.ship(fromSeconds, toSeconds, tally, final);
    });
  };
  const schedule = (): void => {
    const nowSeconds = clock.nowMicros() / 1e6;
    const nextSecond = Math.max(1, Math.floor(nowSeconds) + 1);
    timer = setTimeout(
      () => {
        look();
        if (clock.nowMicros() / 1e6 - cutSeconds >= options.segmentSeconds - 0.5) cut(false);
        schedule();
      },
      Math.min(1000, Math.max(1, (nextSecond - nowSeconds) * 1000)),
    );
  };
  schedule();
  return {
    finish() {
      clearTimeout(timer);
      look();
      cut(true);
      return shipped;
    },
  };
};

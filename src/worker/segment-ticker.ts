import type { RunClock } from '../engine/engine.ts';
import type { Recorder } from '../stats/recorder.ts';
import type { GeneratorProbe } from './generator-probe.ts';
import type { SegmentShipper } from './segment-shipper.ts';

export interface SegmentTickerOptions {
  readonly clock: RunClock;
  readonly recorder: Recorder;
  readonly shipper: SegmentShipper;
  readonly probe: GeneratorProbe;
  readonly segmentSeconds: number;
  sockets(): number;
}

/**
 * Looks at the generator at the end of each second of the run, and cuts a segment every `segmentSeconds`, both on
 * the run's clock: the workers' seconds are the same seconds.
 */
export const segmentTicker = (options: SegmentTickerOptions): { finish(): void } => {
  const { clock, recorder, shipper, probe } = options;
  let sampledMicros = Math.max(0, clock.nowMicros());
  let cutSeconds = sampledMicros / 1e6;
  let timer: NodeJS.Timeout | undefined;
  probe.sample();

  const sample = (): void => {
    const nowMicros = clock.nowMicros();
    const figures = probe.sample();
    if (nowMicros <= sampledMicros) return;
    recorder.sampleHealth({
      ...figures,
      fromMicros: sampledMicros,
      toMicros: nowMicros,
      sockets: options.sockets(),
    });
    sampledMicros = nowMicros;
  };
  const cut = (final: boolean): void => {
    const toSeconds = Math.max(cutSeconds, clock.nowMicros() / 1e6);
    shipper.ship(cutSeconds, toSeconds, recorder.cut(), final);
    cutSeconds = toSeconds;
  };
  const schedule = (): void => {
    const nowSeconds = clock.nowMicros() / 1e6;
    const nextSecond = Math.max(1, Math.floor(nowSeconds) + 1);
    timer = setTimeout(
      () => {
        sample();
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
      sample();
      cut(true);
    },
  };
};

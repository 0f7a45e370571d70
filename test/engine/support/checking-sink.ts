import type { FailureKind, MeasurementSink, RequestTiming } from '../../../src/stats/measurement-sink.ts';

interface Failed {
  readonly step: number;
  readonly kind: FailureKind;
  readonly example: string;
  readonly timing: RequestTiming;
}

/** Keeps what it is told and throws when an engine breaks the contract of measurements. */
export class CheckingSink implements MeasurementSink {
  readonly arrivals: { readonly at: number; readonly lag: number }[] = [];
  readonly drops: { readonly at: number; readonly reason: string }[] = [];
  readonly completions: { readonly step: number; readonly timing: RequestTiming }[] = [];
  readonly failures: Failed[] = [];
  started = 0;
  readonly #open = new Map<number, number>();

  arrived(at: number, lagMicros: number): void {
    if (!(lagMicros >= 0)) throw new Error(`lag ${lagMicros}`);
    this.arrivals.push({ at, lag: lagMicros });
  }

  dropped(at: number, reason: string): void {
    this.drops.push({ at, reason });
  }

  requestStarted(step: number): void {
    this.started++;
    this.#open.set(step, (this.#open.get(step) ?? 0) + 1);
  }

  requestCompleted(step: number, _at: number, timing: RequestTiming): void {
    this.#close(step, timing);
    if (timing.serviceMicros <= 0 || timing.bytesSent <= 0 || timing.bytesReceived <= 0) {
      throw new Error(`completed without figures: ${JSON.stringify(timing)}`);
    }
    this.completions.push({ step, timing: { ...timing } });
  }

  requestFailed(step: number, _at: number, timing: RequestTiming, kind: FailureKind, example: string): void {
    this.#close(step, timing);
    if (example.length >= 200) throw new Error('example too long');
    this.failures.push({ step, kind, example, timing: { ...timing } });
  }

  /** Requests started and not over. */
  get open(): number {
    return [...this.#open.values()].reduce((sum, count) => sum + count, 0);
  }

  get kinds(): readonly FailureKind[] {
    return [...new Set(this.failures.map(({ kind }) => kind))].sort();
  }

  #close(step: number, timing: RequestTiming): void {
    const open = this.#open.get(step) ?? 0;
    if (open === 0) throw new Error(`request of step ${step} ended without having started`);
    this.#open.set(step, open - 1);
    if (Object.values(timing).some((figure) => !(figure >= 0))) throw new Error(JSON.stringify(timing));
    if (timing.responseMicros < timing.serviceMicros) throw new Error(JSON.stringify(timing));
  }
}

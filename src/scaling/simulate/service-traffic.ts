import type { SimulatedServiceSetup } from './simulation.ts';

/** What was so far, summed over seconds: metrics are differences of these over a period. */
export interface TrafficSums {
  arrived: number;
  served: number;
  /** What serving tasks could have served. */
  offered: number;
  /** Serving tasks. */
  taskSeconds: number;
  queued: number;
  seconds: number;
}

/** Requests of one service: those that come are served, wait, or are dropped. */
export class ServiceTraffic {
  readonly sums: TrafficSums = { arrived: 0, served: 0, offered: 0, taskSeconds: 0, queued: 0, seconds: 0 };
  dropped = 0;
  queued = 0;
  worstDelaySeconds = 0;
  readonly #setup: SimulatedServiceSetup;
  /** Of what waits: how much came in each second, from `#first` on. */
  readonly #waiting: number[] = [];
  #first = 0;
  #firstSecond = 0;

  constructor(setup: SimulatedServiceSetup) {
    this.#setup = setup;
  }

  /** One second with so many serving tasks. Returns what was dropped. */
  flow(second: number, load: number, serving: number): number {
    const { requestsPerSecondPerTask, overload } = this.#setup;
    const offered = serving * requestsPerSecondPerTask;
    const { sums } = this;
    const served = Math.min(offered, load + this.queued);
    let dropped = 0;
    if (overload === 'queues') {
      this.queued = Math.max(0, this.queued + load - served);
      this.#wait(second, load, served);
    } else {
      dropped = load - served;
      this.dropped += dropped;
    }
    sums.arrived += load;
    sums.served += served;
    sums.offered += offered;
    sums.taskSeconds += serving;
    sums.queued += this.queued;
    sums.seconds++;
    return dropped;
  }

  /** First come, first served: the oldest that still waits has waited longest. */
  #wait(second: number, load: number, served: number): void {
    if (this.#first === this.#waiting.length) {
      this.#waiting.length = 0;
      this.#first = 0;
      this.#firstSecond = second;
    }
    this.#waiting.push(load);
    let left = served;
    for (; this.#first < this.#waiting.length; this.#first++, this.#firstSecond++) {
      const waiting = this.#waiting[this.#first] ?? 0;
      // Sums of fractions are off by less than a millionth of a request.
      if (waiting > left + 1e-6) {
        this.#waiting[this.#first] = waiting - left;
        this.worstDelaySeconds = Math.max(this.worstDelaySeconds, second + 1 - this.#firstSecond);
        return;
      }
      left -= waiting;
    }
  }
}

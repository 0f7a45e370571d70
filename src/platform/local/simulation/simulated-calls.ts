import { CallThrottledError } from '../../../errors.ts';
import type { CallBucket } from '../../ports/call-pace.ts';
import type { PacedTime } from '../../ports/paced-time.ts';
import { type CallFault, type CallKind, decideFault } from './call-faults.ts';
import { type Chance, type Span, within } from './chance.ts';
import { type BucketSizes, SimulatedBuckets } from './simulated-buckets.ts';

export interface CallsSetup {
  readonly buckets: BucketSizes;
  /** From request to answer: half before its effect, half after. */
  readonly latencyMillis: Span;
  readonly faults: readonly CallFault[];
  /** How long a client waits for an answer that doesn't come. */
  readonly hangMillis: number;
}

export interface CallCount {
  readonly made: number;
  readonly throttled: number;
  readonly failed: number;
}

/** A call as its port sees it. */
export interface SimulatedCall<Value> {
  readonly call: CallKind;
  readonly buckets: readonly CallBucket[];
  effect(): Value;
  /** The port's error for what may pass. */
  unavailable(message: string): Error;
}

/** The way to AWS and back, for every call of every port: latency, buckets, faults, and a count. */
export class SimulatedCalls {
  readonly #time: PacedTime;
  readonly #chance: Chance;
  readonly #setup: CallsSetup;
  readonly #buckets: SimulatedBuckets;
  readonly #counts = new Map<CallKind, { made: number; throttled: number; failed: number }>();
  #total = 0;

  constructor(setup: CallsSetup, chance: Chance, time: PacedTime) {
    this.#setup = setup;
    this.#chance = chance;
    this.#time = time;
    this.#buckets = new SimulatedBuckets(setup.buckets, time);
  }

  counts(): ReadonlyMap<CallKind, CallCount> {
    return this.#counts;
  }

  async make<Value>({ call, buckets, effect, unavailable }: SimulatedCall<Value>): Promise<Value> {
    const total = ++this.#total;
    const count = this.#counts.get(call) ?? { made: 0, throttled: 0, failed: 0 };
    this.#counts.set(call, count);
    const fault = decideFault(
      { faults: this.#setup.faults, chance: this.#chance },
      call,
      ++count.made,
      total,
    );
    const half = within(this.#setup.latencyMillis, this.#chance('latency', total)) / 2;
    const fail = async (): Promise<never> => {
      await this.#time.sleep(fault?.does === 'hangs' ? this.#setup.hangMillis : half);
      count.failed++;
      throw unavailable(`${call}: ${fault?.does === 'hangs' ? 'no answer' : 'an answer of 500'}`);
    };
    await this.#time.sleep(half);
    if (fault?.does === 'is-throttled' || !this.#buckets.take(buckets)) {
      await this.#time.sleep(half);
      count.throttled++;
      throw new CallThrottledError(`${call}: rate exceeded`);
    }
    if (fault !== undefined && fault.when !== 'after') return await fail();
    const value = effect();
    if (fault !== undefined) return await fail();
    await this.#time.sleep(half);
    return value;
  }
}

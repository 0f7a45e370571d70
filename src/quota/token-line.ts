import { StoreUnavailableError } from '../errors.ts';
import type { PacedTime } from '../platform/ports/paced-time.ts';
import type { Claim } from './bucket-ledger.ts';

export interface TokenLineOptions {
  readonly time: PacedTime;
  readonly heldMillis: number;
  /** Tokens for so many calls, and when there will be more. */
  claim(wanted: number): Promise<Claim>;
  /** What to do when a claim fails: so long to wait before one call may be made without; throws when no more may. */
  without(error: unknown): number;
}

interface Waiter {
  pass(): void;
  refuse(error: unknown): void;
}

/** More than a second's calls are never taken at once, however many wait. */
const mostAtOnce = 40;

/** Those who wait for tokens of one bucket in one process, first come first served. */
export class TokenLine {
  readonly #options: TokenLineOptions;
  readonly #waiters: Waiter[] = [];
  #held = { tokens: 0, untilMillis: 0 };
  /** How many have passed since the claim before the last one: so many will probably come again. */
  #passed = 0;
  #isServing = false;

  constructor(options: TokenLineOptions) {
    this.#options = options;
  }

  wait(): Promise<void> {
    return new Promise((pass, refuse) => {
      this.#waiters.push({ pass, refuse });
      this.#passHeld();
      if (!this.#isServing && this.#waiters.length > 0) void this.#serve();
    });
  }

  /** Those that are held are worth nothing: AWS has said so. */
  forget(): void {
    this.#held = { tokens: 0, untilMillis: 0 };
  }

  async #serve(): Promise<void> {
    this.#isServing = true;
    // Those who come together are counted together: one claim for a burst of calls.
    await Promise.resolve();
    while (this.#waiters.length > 0) {
      const begunAtMillis = this.#options.time.nowMillis();
      try {
        await this.#claim();
      } catch (error) {
        await this.#goWithout(error, begunAtMillis);
      }
    }
    this.#isServing = false;
  }

  async #claim(): Promise<void> {
    const { time, heldMillis } = this.#options;
    const again = Math.min(this.#passed, this.#waiters.length * 4);
    this.#passed = 0;
    const wanted = Math.min(mostAtOnce, this.#waiters.length + again);
    const isLate = ({ tokens, atMillis }: Claim): boolean =>
      tokens > 0 && time.nowMillis() > atMillis + heldMillis;
    let claim = await this.#options.claim(wanted);
    // One slow answer costs a few tokens; to go on without the store would cost seconds.
    if (isLate(claim)) claim = await this.#options.claim(wanted);
    if (isLate(claim))
      throw new StoreUnavailableError(`it took longer than ${heldMillis} ms to take tokens, twice in a row`);
    this.#held = { tokens: claim.tokens, untilMillis: claim.atMillis + heldMillis };
    this.#passHeld();
    if (this.#waiters.length > 0 && claim.pauseMillis > 0) await time.sleep(claim.pauseMillis);
  }

  #passHeld(): void {
    if (this.#options.time.nowMillis() > this.#held.untilMillis) return;
    while (this.#held.tokens > 0) {
      const first = this.#waiters.shift();
      if (first === undefined) return;
      this.#held = { ...this.#held, tokens: this.#held.tokens - 1 };
      this.#passed++;
      first.pass();
    }
  }

  /** As many as one call for each pause allows: a claim that has failed late must not make them fewer. */
  async #goWithout(error: unknown, begunAtMillis: number): Promise<void> {
    const { time, without } = this.#options;
    try {
      const pauseMillis = without(error);
      await time.sleep(pauseMillis);
      const calls = Math.floor((time.nowMillis() - begunAtMillis) / pauseMillis);
      for (const waiter of this.#waiters.splice(0, Math.max(1, calls))) waiter.pass();
    } catch (reason) {
      for (const waiter of this.#waiters.splice(0)) waiter.refuse(reason);
    }
  }
}

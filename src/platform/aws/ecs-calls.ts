import { FleetRefusedError, FleetUnavailableError } from '../../errors.ts';
import { classifyEcsError, type EcsFailure } from './classify-ecs-failure.ts';
import type { EcsPace, Toll } from './ecs-pace.ts';

/** All tries of a call together wait 8 s on average, 16 s at most. */
const mostTries = 6;
const firstPauseMillis = 500;

export type CallResult<Answer> =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly failure: EcsFailure };

/** Calls to ECS, each paid for first, and made again while that can succeed. */
export class EcsCalls {
  readonly #pace: EcsPace;
  readonly #random: () => number;

  constructor(pace: EcsPace, random: () => number) {
    this.#pace = pace;
    this.#random = random;
  }

  /** Tries a call up to six times, with growing pauses of random length. */
  async attempt<Answer>(toll: Toll, call: () => Promise<Answer>): Promise<CallResult<Answer>> {
    for (let tries = 1; ; tries++) {
      await toll.pay();
      try {
        return { kind: 'answered', answer: await call() };
      } catch (error) {
        const failure = classifyEcsError(error);
        const passing = failure.kind === 'throttled' || failure.kind === 'unavailable';
        if (failure.kind === 'throttled') toll.throttled();
        if (!passing || tries === mostTries) return { kind: 'failed', failure };
      }
      await this.pause(tries);
    }
  }

  /** Undefined when what the call is about is not there. Throws `FleetUnavailable` when it may pass, else `FleetRefused`. */
  async require<Answer>(what: string, toll: Toll, call: () => Promise<Answer>): Promise<Answer | undefined> {
    const result = await this.attempt(toll, call);
    if (result.kind === 'answered') return result.answer;
    const { kind, reason } = result.failure;
    if (kind === 'missing') return undefined;
    if (kind === 'request')
      throw new FleetRefusedError(
        `ECS refuses to ${what}: ${reason}. Check the stack's cluster and permissions.`,
      );
    throw new FleetUnavailableError(`ECS did not ${what}: ${reason}`);
  }

  pause(tries: number): Promise<void> {
    return this.#pace.time.sleep(firstPauseMillis * 2 ** (tries - 1) * this.#random());
  }
}

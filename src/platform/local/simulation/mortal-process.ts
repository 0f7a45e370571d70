/** A process that may die in the middle of what it does: from then on none of its calls is made, and none is answered. */
export class MortalProcess {
  /** Rejects when it dies; never resolves. */
  readonly died: Promise<never>;
  #die: (error: Error) => void = () => undefined;
  #isDead = false;
  #callsLeft = Number.POSITIVE_INFINITY;
  #isLastCallMade = true;

  constructor() {
    this.died = new Promise((_, reject) => {
      this.#die = reject;
    });
    this.died.catch(() => undefined);
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** It will die at the call after so many more; that one is made, and nobody hears the answer, or is not made. */
  dieAfter(calls: number, isLastCallMade: boolean): void {
    this.#callsLeft = calls;
    this.#isLastCallMade = isLastCallMade;
  }

  /** It will not die of its calls. */
  live(): void {
    this.#callsLeft = Number.POSITIVE_INFINITY;
  }

  kill(reason = 'the process died'): void {
    this.#isDead = true;
    this.#die(new Error(reason));
  }

  /** The port as this process sees it. Methods that give no promise are no calls. */
  using<Port extends object>(port: Port, does: 'calls' | 'waits' = 'calls'): Port {
    return new Proxy(port, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return (...given: unknown[]) => {
          if (this.#isDead) return never();
          if (does === 'calls' && this.#callsLeft-- <= 0) {
            if (this.#isLastCallMade) quietly(Reflect.apply(method, target, given));
            this.kill();
            return never();
          }
          const result: unknown = Reflect.apply(method, target, given);
          return result instanceof Promise ? this.#answer(result) : result;
        };
      },
    });
  }

  async #answer(result: Promise<unknown>): Promise<unknown> {
    try {
      const value = await result;
      return this.#isDead ? await never() : value;
    } catch (error) {
      if (this.#isDead) return never();
      throw error;
    }
  }
}

const never = (): Promise<never> => new Promise(() => undefined);

const quietly = (result: unknown): void => {
  if (result instanceof Promise) result.catch(() => undefined);
};

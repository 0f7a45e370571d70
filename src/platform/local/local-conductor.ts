import type { DrainConductor } from '../ports/drain-conductor.ts';
import type { PacedTime } from '../ports/paced-time.ts';

export interface ConductedStep {
  readonly done: boolean;
  /** Until the next step; 0 when it is to follow at once. */
  readonly waitSeconds: number;
}

export interface LocalConductorOptions {
  readonly time: PacedTime;
  /** One step of a cluster's coordinator. */
  readonly step: (input: { readonly cluster: string; readonly generation: number }) => Promise<ConductedStep>;
  /** A whole drain without hurry. */
  readonly drainInstance: (input: { readonly cluster: string; readonly drainId: string }) => Promise<void>;
  /** Until a step that failed is tried again, as drain-cluster.asl.yml has it. */
  readonly retryMillis?: number;
}

/** Conducts drains in this process: the loop that drain-cluster.asl.yml is on AWS. Whoever asks doesn't wait for it. */
export class LocalConductor implements DrainConductor {
  readonly #options: LocalConductorOptions;
  readonly #started = new Map<string, Promise<void>>();

  constructor(options: LocalConductorOptions) {
    this.#options = options;
  }

  async conduct(cluster: string, generation: number): Promise<void> {
    this.#once(`${cluster}-g${generation}`, () => this.#conduct(cluster, generation));
  }

  async conductInstance(cluster: string, drainId: string, turn = ''): Promise<void> {
    this.#once(`${cluster}-${drainId}-${turn}`, () => this.#options.drainInstance({ cluster, drainId }));
  }

  /** Resolves when all that was conducted until now has ended. */
  async ended(): Promise<void> {
    for (let known = 0; known < this.#started.size; ) {
      known = this.#started.size;
      await Promise.allSettled(this.#started.values());
    }
  }

  #once(name: string, begin: () => Promise<void>): void {
    if (!this.#started.has(name)) this.#started.set(name, begin());
  }

  async #conduct(cluster: string, generation: number): Promise<void> {
    const { step, time, retryMillis = 1_000 } = this.#options;
    for (;;) {
      const result = await step({ cluster, generation }).catch(() => undefined);
      if (result?.done) return;
      await time.sleep(result === undefined ? retryMillis : result.waitSeconds * 1_000);
    }
  }
}

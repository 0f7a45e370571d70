import type { CliContext } from './cli-context.ts';

/** Calls to a stack and to what it stands on, which may go well in a moment. */
const passingErrors = new Set([
  'ServiceUnavailable',
  'StoreUnavailable',
  'StoreConflict',
  'ClusterUnavailable',
  'BalancerUnavailable',
  'CallThrottled',
]);

const isPassing = (error: unknown): boolean => error instanceof Error && passingErrors.has(error.name);

const retryMillis = 2_000;
/** A stack that can't be reached for so long is no reason to let go of what goes on there. */
const awayMillis = 300_000;

/**
 * Asks until there is an answer. What may pass is tried again for five minutes, with a note when that begins and when it
 * is over. Throws what does not pass, and the last error when the signal is aborted meanwhile.
 */
export const askPatiently = async <Value>(
  context: Pick<CliContext, 'now' | 'sleep'>,
  ask: () => Promise<Value>,
  options: { readonly note: (text: string) => void; readonly signal: AbortSignal },
): Promise<Value> => {
  let awaySince: number | undefined;
  for (;;) {
    try {
      const answer = await ask();
      if (awaySince !== undefined) options.note('Connected again.');
      return answer;
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (awaySince === undefined) options.note(`${(error as Error).message}; trying again.`);
      awaySince ??= context.now();
      if (context.now() - awaySince >= awayMillis || options.signal.aborted) throw error;
      await context.sleep(retryMillis, options.signal);
    }
  }
};

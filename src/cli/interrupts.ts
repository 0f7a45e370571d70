import type { CliContext } from './cli-context.ts';

/**
 * A terminal signals every process of its foreground group, and npm and our own launcher pass the signal on as well,
 * so one Ctrl-C arrives up to three times.
 */
export const samePressMillis = 400;

/** Whether a signal is a new wish of the user or an echo of the last one. */
export const classifyInterrupt = (
  firstMillis: number | undefined,
  nowMillis: number,
): 'first' | 'echo' | 'again' => {
  if (firstMillis === undefined) return 'first';
  return nowMillis - firstMillis < samePressMillis ? 'echo' : 'again';
};

/** The user's wish to end, as two promises: asked once, and no longer willing to wait. */
export interface Interrupts {
  /** Resolves at the first signal. */
  readonly asked: Promise<void>;
  /** Resolves at the second signal, or when `patienceMillis` have passed since the first. */
  readonly overdue: Promise<void>;
  /** Aborted at the first signal: ends a sleep early. */
  readonly signal: AbortSignal;
  close(): void;
}

export const listenForInterrupts = (
  context: Pick<CliContext, 'onInterrupt' | 'now' | 'sleep'>,
  patienceMillis: number,
): Interrupts => {
  const asked = Promise.withResolvers<void>();
  const overdue = Promise.withResolvers<void>();
  const first = new AbortController();
  const closed = new AbortController();
  let firstMillis: number | undefined;
  const unsubscribe = context.onInterrupt(() => {
    const now = context.now();
    switch (classifyInterrupt(firstMillis, now)) {
      case 'first':
        firstMillis = now;
        first.abort();
        asked.resolve();
        void context.sleep(patienceMillis, closed.signal).then(() => overdue.resolve());
        return;
      case 'again':
        overdue.resolve();
        return;
      case 'echo':
    }
  });
  return {
    asked: asked.promise,
    overdue: overdue.promise,
    signal: first.signal,
    close() {
      unsubscribe();
      closed.abort();
    },
  };
};

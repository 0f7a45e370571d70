import type { DrainRecord } from '../drain/records/drain-record.ts';
import type { DrainApi } from '../platform/ports/drain-api.ts';
import { askPatiently } from './ask-patiently.ts';
import type { CliContext } from './cli-context.ts';
import type { DrainDisplay } from './drain-display.ts';
import type { Ending } from './exit-code.ts';
import { listenForInterrupts } from './interrupts.ts';

/** Each look is a call that is paid for. */
const pollMillis = { hurried: 2_000, unhurried: 10_000 } as const;

/** What the end of a drain means for the exit code; `wanted` is what the command was given for. */
export const endingOf = (
  { outcome, missed }: Pick<DrainRecord, 'outcome' | 'missed'>,
  wanted: 'empty' | 'taken-back',
): Ending => {
  if (outcome === 'taken-back') return { kind: wanted === outcome ? 'done' : 'interrupted' };
  if (wanted === 'taken-back') return { kind: 'missed' };
  return { kind: missed.length > 0 || outcome === 'abandoned' ? 'missed' : 'done' };
};

/** Shows a drain until it has ended, which is its record; undefined when the user left before. */
export const followDrain = async (
  context: CliContext,
  api: Pick<DrainApi, 'show'>,
  drain: { readonly drainId: string; readonly pace: 'hurried' | 'unhurried' },
  display: DrainDisplay,
): Promise<DrainRecord | undefined> => {
  // Leaving is all that Ctrl-C does here, so there is nothing to be patient for.
  const interrupts = listenForInterrupts(context, 0);
  const note = (text: string): void => display.note(text);
  const poll = async (): Promise<DrainRecord | undefined> => {
    while (!interrupts.signal.aborted) {
      const record = await askPatiently(context, () => api.show(drain.drainId), {
        note,
        signal: interrupts.signal,
      });
      if (record.outcome !== 'running') return record;
      display.show(record);
      await context.sleep(pollMillis[drain.pace], interrupts.signal);
    }
    return undefined;
  };
  try {
    const polled = poll();
    // Nobody waits for it any more once the user has left.
    polled.catch(() => undefined);
    return await Promise.race([polled, interrupts.asked.then(() => undefined)]);
  } finally {
    interrupts.close();
    display.close();
  }
};

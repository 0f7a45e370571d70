import type { TableState } from './table-state.ts';

/** How long what the view reads no more is kept, from when the view was seen to be so: longer than any query takes. */
export const keptMillis = 86_400_000;

type Leaving = TableState['listed'][number];

/**
 * Pure: the state once the view was seen to be as it says. What is to be removed has a day from now on; what had its day
 * before keeps it, unless the view was an older one meanwhile (`wasCurrent` false): queries that began with that one count
 * on what they read.
 */
export const withViewSeen = (state: TableState, nowMillis: number, wasCurrent: boolean): TableState => {
  const removeAfter = new Date(nowMillis + keptMillis).toISOString();
  const seen = (leaving: readonly Leaving[]): Leaving[] =>
    leaving.map((one) => (wasCurrent && one.removeAfter !== undefined ? one : { ...one, removeAfter }));
  return {
    ...state,
    listed: seen(state.listed),
    replaced: seen(state.replaced),
    unlisted: seen(state.unlisted),
  };
};

/** Whether anything waits for the view to be seen. */
export const isViewAwaited = ({ listed, replaced, unlisted }: TableState): boolean =>
  [...listed, ...replaced, ...unlisted].some(({ removeAfter }) => removeAfter === undefined);

export const areDue = (leaving: readonly Leaving[], nowMillis: number): readonly Leaving[] =>
  leaving.filter(({ removeAfter }) => removeAfter !== undefined && Date.parse(removeAfter) <= nowMillis);

/** Attempts that nobody is at any more: the longest one takes hours. */
export const deadAttempts = ({ attempts }: TableState, nowMillis: number): TableState['attempts'] =>
  attempts.filter(({ startedAt }) => Date.parse(startedAt) + keptMillis <= nowMillis);

/** Without those generations: all traces of them are gone. */
export const withoutGenerations = (
  state: TableState,
  from: 'replaced' | 'unlisted' | 'attempts',
  generations: readonly number[],
): TableState => ({
  ...state,
  [from]: state[from].filter(({ generation }) => !generations.includes(generation)),
});

import type { TableState } from '../catalog/table-state.ts';

/**
 * Pure: the state once a generation is the live one of its day. The same state when it is already; undefined when it was
 * given up, or is made from another one than the day's live one: then its rows are not all that the day has by now.
 */
export const decideSwitch = (
  state: TableState,
  generation: number,
  bytes: number,
): TableState | undefined => {
  if (state.live.some((live) => live.generation === generation)) return state;
  const attempt = state.attempts.find((one) => one.generation === generation);
  if (attempt === undefined || attempt.givenUp === true) return undefined;
  const { day, base, rawBytes } = attempt;
  const before = state.live.find((live) => live.day === day);
  if (before?.generation !== base) return undefined;
  const live = { day, generation, rawBytes: (before?.rawBytes ?? 0) + rawBytes, bytes };
  return {
    ...state,
    live: [...state.live.filter((one) => one.day !== day), live].sort((a, b) => (a.day < b.day ? -1 : 1)),
    listed: [...state.listed, { day, generation }],
    replaced:
      before === undefined ? state.replaced : [...state.replaced, { day, generation: before.generation }],
    attempts: state.attempts.filter((one) => one.generation !== generation),
  };
};

import type { TableState } from './table-state.ts';

/**
 * Pure: the state without the days before `firstKept` (`2026-11-01`), whose raw objects and Parquet are gone with their
 * retention. Their lists of keys are still to be removed. Attempts stay: they are removed as dead ones.
 */
export const expireDays = (state: TableState, firstKept: string): TableState => {
  const isKept = ({ day }: { readonly day: string }): boolean => day >= firstKept;
  return {
    ...state,
    live: state.live.filter(isKept),
    listed: state.listed.filter(isKept),
    replaced: state.replaced.filter(isKept),
    unlisted: [
      ...state.unlisted,
      ...state.listed
        .filter((one) => !isKept(one))
        .map(({ day, generation }): TableState['unlisted'][number] => ({ day, generation })),
    ],
  };
};

import type { LeavingCause } from './instance-leaving.ts';
import type { LeavingInstance } from './leaving-document.ts';

const certainCauses: ReadonlySet<LeavingCause> = new Set([
  'spot-terminate',
  'spot-stop',
  'spot-hibernate',
  'stopping',
  'gone',
  'lifecycle',
]);

/** After these the instance goes, whatever an operator says. */
export const isCertain = (cause: LeavingCause): boolean => certainCauses.has(cause);

/**
 * Whether an operator's word stands: the drain of an instance that goes anyway goes on. One that is taken back becomes
 * ACTIVE whatever has happened by then: what was stopped stays stopped, and what was deregistered and still runs is
 * registered again.
 */
export const isTakenBack = ({ cancelledAtMillis, notices }: LeavingInstance): boolean =>
  cancelledAtMillis !== undefined && !notices.some(({ cause }) => isCertain(cause));

/** When somebody took a drain back, and who, where that is known. */
export interface TakingBack {
  readonly atMillis: number;
  readonly by?: string | undefined;
}

/** What a drain is to know of it; nothing when it goes on. */
export const takingBackOf = (entry: LeavingInstance): { readonly takenBack?: TakingBack } => {
  const { cancelledAtMillis: atMillis, cancelledBy: by } = entry;
  if (atMillis === undefined || !isTakenBack(entry)) return {};
  return { takenBack: { atMillis, ...(by === undefined ? {} : { by }) } };
};

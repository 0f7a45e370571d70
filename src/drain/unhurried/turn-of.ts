import type { LeavingInstance } from '../leaving/leaving-document.ts';

/**
 * Which conductor a drain without hurry has: another one for each hook that was heard of after the drain began, and when it is
 * taken back, since the first may look again in hours only. Two at once do no harm.
 */
export const turnOf = ({ notices, heardAtMillis, cancelledAtMillis }: LeavingInstance): string => {
  const hooks = notices.filter(
    ({ lifecycle, noticedAtMillis }) => lifecycle !== undefined && noticedAtMillis > heardAtMillis,
  ).length;
  return `${hooks === 0 ? '' : `h${hooks}`}${cancelledAtMillis === undefined ? '' : 'c'}`;
};

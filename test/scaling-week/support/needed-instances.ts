import { instanceSize, leastInstances, threshold } from './a-week.ts';
import type { Minute } from './play-week.ts';

/** Of the cluster beyond what its tasks need: what is leaving or coming, and what a wrong guess may cost. */
export const slackInstances = 8;

/** As many instances as a minute's tasks need at the threshold. */
export const neededAt = ({ reservedCpu }: Minute): number =>
  Math.max(leastInstances, Math.ceil(reservedCpu / ((instanceSize.cpu * threshold) / 100)));

/** As the harm that is found names an instant. */
export const at = (atMillis: number): string => new Date(atMillis).toISOString().slice(0, 16);

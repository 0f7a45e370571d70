import type { LatencyFigures } from '../peers/tool-run.ts';
import { freezePercentileMillis } from './analytic-freeze.ts';

const freeze = { freezeMillis: 1000, periodMillis: 10_000 };

/** Milliseconds, of arrivals that don't wait for each other. */
export const freezeTruth = {
  p95: freezePercentileMillis(95, freeze),
  p99: freezePercentileMillis(99, freeze),
  p999: freezePercentileMillis(99.9, freeze),
};

/** Nine arrivals in ten don't wait at all; a p50 above this tells of a stall that wasn't. */
export const p50LimitMillis = 50;

export type FreezeJudgement = 'shown' | 'hidden' | 'partly hidden' | 'exaggerated' | 'n/a';

/** Whether its user learns of the freeze, and of no other that wasn't there. */
export const judgeFreeze = ({ p50, p95, p99 }: LatencyFigures): FreezeJudgement => {
  if (p50 === undefined || p99 === undefined) return 'n/a';
  if (p99 < freezeTruth.p99 * 0.9) return 'hidden';
  if (p95 !== undefined && p95 < freezeTruth.p95 * 0.9) return 'partly hidden';
  return p50 > p50LimitMillis || p99 > freezeTruth.p99 * 1.1 ? 'exaggerated' : 'shown';
};

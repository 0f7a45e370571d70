import type { SimulationSummary } from './summarise-result.ts';

export interface Comparison {
  /** Fewer dropped requests, or shorter waits where nothing is dropped; undefined when they are alike. */
  readonly serves: string | undefined;
  readonly costsLess: string | undefined;
  /** The one that is better in one and not worse in the other. */
  readonly better: string | undefined;
}

/** Differences below these shares say nothing. */
const alikeShare = 0.01;
const alikeDropped = 0.0001;

const isClearlyLess = (one: number, other: number, least: number): boolean =>
  other - one > Math.max(least, alikeShare * Math.max(one, other));

/** Which of two policies is to be preferred in the same world. */
export const compareResults = (one: SimulationSummary, other: SimulationSummary): Comparison => {
  const less = (of: (summary: SimulationSummary) => number, least: number): string | undefined => {
    if (isClearlyLess(of(one), of(other), least)) return one.scaler;
    return isClearlyLess(of(other), of(one), least) ? other.scaler : undefined;
  };
  const serves =
    less(({ dropped }) => dropped, alikeDropped * Math.max(one.requests, other.requests)) ??
    less(({ worstDelaySeconds }) => worstDelaySeconds, 1);
  const costsLess =
    less(({ costUsd }) => costUsd, 0) ?? less(({ nodeHours, taskHours }) => nodeHours || taskHours, 0);
  const better =
    serves === undefined || costsLess === undefined || serves === costsLess
      ? (serves ?? costsLess)
      : undefined;
  return { serves, costsLess, better };
};

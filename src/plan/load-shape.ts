import type { Stage } from './plan.ts';

/** Length of all stages together, in seconds. */
export const shapeSeconds = (stages: readonly Stage[]): number =>
  stages.reduce((sum, stage) => sum + stage.seconds, 0);

/** The rate (or user count) the stages ask for at an instant; 0 outside them. At a boundary the later stage counts. */
export const valueAt = (stages: readonly Stage[], instant: number): number => {
  let start = 0;
  for (const stage of stages) {
    const into = instant - start;
    if (into >= 0 && into < stage.seconds)
      return stage.from + ((stage.to - stage.from) * into) / stage.seconds;
    start += stage.seconds;
  }
  return 0;
};

export const peakValue = (stages: readonly Stage[]): number =>
  stages.reduce((peak, stage) => Math.max(peak, stage.from, stage.to), 0);

/** The integral of one stage from its start: s(t) = from*t + (to-from)*t^2/(2*seconds). */
const stageIntegral = (stage: Stage, into: number): number =>
  stage.from * into + ((stage.to - stage.from) * into * into) / (2 * stage.seconds);

/** Cumulative rate N(t): how many arrivals the stages ask for before `instant`, as a real number. */
export const cumulativeAt = (stages: readonly Stage[], instant: number): number => {
  let total = 0;
  let start = 0;
  for (const stage of stages) {
    if (instant <= start) break;
    total += stageIntegral(stage, Math.min(instant - start, stage.seconds));
    start += stage.seconds;
  }
  return total;
};

/**
 * The inverse of N(t): the instant from which the cumulative rate exceeds `cumulative` (so that an arrival due when
 * a pause begins is sent when the pause ends); undefined when the stages never exceed it. Solves
 * from*t + slope*t^2/2 = c by the form of the quadratic formula that doesn't cancel,
 * t = 2c / (from + sqrt(from^2 + 2*slope*c)), which also covers slope 0.
 */
export const instantOf = (stages: readonly Stage[], cumulative: number): number | undefined => {
  let before = 0;
  let start = 0;
  for (const stage of stages) {
    const whole = stageIntegral(stage, stage.seconds);
    const rest = cumulative - before;
    if (rest < whole) {
      if (rest <= 0) return start;
      const slope = (stage.to - stage.from) / stage.seconds;
      const discriminant = Math.max(0, stage.from * stage.from + 2 * slope * rest);
      return start + Math.min(stage.seconds, (2 * rest) / (stage.from + Math.sqrt(discriminant)));
    }
    before += whole;
    start += stage.seconds;
  }
  return undefined;
};

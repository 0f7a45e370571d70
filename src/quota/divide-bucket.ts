import type { CallBucket, CallerRole } from '../platform/ports/call-pace.ts';
import type { BucketSize } from './bucket-sizes.ts';

export const callerRoles = ['drain', 'launch', 'scaling', 'targets'] as const satisfies readonly CallerRole[];

export interface BucketParts {
  /** 0 to 1: left for whatever else calls AWS from this account. */
  readonly reserve: number;
  /** Of burst and rate, in proportion; 0 for a role that makes no such calls. */
  readonly weights: Readonly<Record<CallerRole, number>>;
}

/** A drain has two minutes; the others only get slower. */
export const defaultParts: BucketParts = {
  reserve: 0.05,
  weights: { drain: 6, launch: 2, scaling: 1, targets: 1 },
};

const scalingAlone = { drain: 0, launch: 0, scaling: 1, targets: 0 };

/** Where the usual parts would keep tokens for callers who make no such calls, or too few for those who make most. */
const ownWeights: Readonly<Partial<Record<CallBucket, Partial<BucketParts['weights']>>>> = {
  balancerAny: { launch: 0, scaling: 0 },
  balancerTargets: { launch: 0, scaling: 0 },
  // A tick looks at every service; a drain at those with tasks on its instance.
  serviceRead: { drain: 3, launch: 1, scaling: 5, targets: 1 },
  serviceModify: scalingAlone,
  fleetRead: scalingAlone,
  fleetModify: scalingAlone,
  metricRead: scalingAlone,
};

export const partsOf = (bucket: CallBucket, parts: BucketParts): BucketParts => ({
  ...parts,
  weights: { ...parts.weights, ...ownWeights[bucket] },
});

/** Whoever waits for tokens looks again about so often, and takes what has come together until then. */
export const turnMillis = 250;

/** How one bucket is divided. */
export interface BucketDivision {
  /** Tokens that all roles gain together. */
  readonly perMilli: number;
  /** The most that a role's part holds; their sum is what can be spent at once. */
  readonly caps: Readonly<Record<CallerRole, number>>;
  /** What a drain leaves of each part when it takes what others don't need: enough that they get their part of the rate. */
  readonly keeps: Readonly<Record<CallerRole, number>>;
  readonly weights: Readonly<Record<CallerRole, number>>;
}

/**
 * Divides a bucket between the roles that have a weight: each has a token at least, and its weight's part of the rest.
 *
 * A token is spent up to `heldMillis` after it was taken. Meanwhile AWS's bucket may be full and gain nothing, while
 * this one does; so what it gains in that time is not part of the burst. Then the calls of any t seconds are at most
 * (1 - reserve) * (burst + perSecond * t).
 *
 * Throws a `RangeError` for weights below 0 or all 0, and where a role that has a weight would have no token.
 */
export const planDivision = (size: BucketSize, parts: BucketParts, heldMillis: number): BucketDivision => {
  const { reserve, weights } = parts;
  if (!(reserve >= 0 && reserve < 1))
    throw new RangeError(
      `a reserve of ${reserve} is not a part of a bucket: give 0 or more, and less than 1`,
    );
  for (const role of callerRoles)
    if (!(weights[role] >= 0 && weights[role] < Number.POSITIVE_INFINITY))
      throw new RangeError(`a weight of ${weights[role]} is no part for ${role}: give 0 or more`);
  const sharing = callerRoles.filter((role) => weights[role] > 0);
  if (sharing.length === 0) throw new RangeError('weights of 0 leave everybody without calls');
  const perMilli = (size.perSecond / 1000) * (1 - reserve);
  const spare = size.burst * (1 - reserve) - perMilli * heldMillis - sharing.length;
  if (spare < 0)
    throw new RangeError(
      `a bucket of ${size.burst} with a reserve of ${reserve} has too little for every role`,
    );
  const sum = sumOf(weights);
  const caps = byRole((role) => (weights[role] > 0 ? 1 + (spare * weights[role]) / sum : 0));
  const keeps = byRole((role) =>
    Math.min(caps[role], Math.max(1, (perMilli * weights[role] * 2 * turnMillis) / sum)),
  );
  return { perMilli, caps, keeps, weights };
};

/** A value for each role. */
export const byRole = (value: (role: CallerRole) => number): Readonly<Record<CallerRole, number>> => ({
  drain: value('drain'),
  launch: value('launch'),
  scaling: value('scaling'),
  targets: value('targets'),
});

export const sumOf = (values: Readonly<Record<CallerRole, number>>): number =>
  callerRoles.reduce((sum, role) => sum + values[role], 0);

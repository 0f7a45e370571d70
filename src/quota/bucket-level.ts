import type { CallerRole } from '../platform/ports/call-pace.ts';
import { type BucketDivision, byRole, callerRoles, sumOf } from './divide-bucket.ts';

/** How much is in a divided bucket. */
export interface BucketLevel {
  /** When it was counted; milliseconds since the epoch. */
  readonly countedAtMillis: number;
  readonly tokens: Readonly<Record<CallerRole, number>>;
  /** 1, or less for a while after a throttled call: that part of the rate. */
  readonly pace: number;
  readonly slowedAtMillis: number;
}

/** A throttled call halves the rate, down to this part of it; it doubles again each time so long has passed. */
const slowestPace = 1 / 16;
const recoveryMillis = 2_000;
/** Calls that were under way together are throttled together: that is one sign, not several. */
const sameSignMillis = 500;

export const fullLevel = (division: BucketDivision, nowMillis: number): BucketLevel => ({
  countedAtMillis: nowMillis,
  tokens: division.caps,
  pace: 1,
  slowedAtMillis: 0,
});

export const emptyLevel = (nowMillis: number): BucketLevel => ({
  countedAtMillis: nowMillis,
  tokens: byRole(() => 0),
  pace: 1,
  slowedAtMillis: 0,
});

/** What has been gained since it was counted: by weight, and what a full role doesn't take goes to the others. */
export const planRefill = (level: BucketLevel, division: BucketDivision, nowMillis: number): BucketLevel => {
  // A clock that is behind the one which counted last gains nothing.
  const now = Math.max(level.countedAtMillis, nowMillis);
  const gained = (now - level.countedAtMillis) * division.perMilli * level.pace;
  let { pace, slowedAtMillis } = level;
  while (pace < 1 && now - slowedAtMillis >= recoveryMillis) {
    pace = Math.min(1, pace * 2);
    slowedAtMillis += recoveryMillis;
  }
  return { countedAtMillis: now, tokens: planGain(level.tokens, division, gained), pace, slowedAtMillis };
};

const planGain = (
  tokens: BucketLevel['tokens'],
  { caps, weights }: BucketDivision,
  gained: number,
): BucketLevel['tokens'] => {
  // A part may have become smaller since it was counted.
  const filled: Record<CallerRole, number> = byRole((role) => Math.min(tokens[role], caps[role]));
  let left = gained;
  // Each round fills a role at least, or gives out all that is left.
  for (let round = 0; round < callerRoles.length && left > 0; round++) {
    const open = callerRoles.filter((role) => filled[role] < caps[role]);
    const sum = open.reduce((total, role) => total + weights[role], 0);
    const given = left;
    for (const role of open) {
      const taken = Math.min(caps[role] - filled[role], (given * weights[role]) / sum);
      filled[role] += taken;
      left -= taken;
    }
    if (open.length === 0) break;
  }
  return filled;
};

/** Whole tokens that a role may take: its own; a drain also what the others have and don't need at once. */
export const tokensFor = (level: BucketLevel, division: BucketDivision, role: CallerRole): number => {
  const lent = role === 'drain' ? sumOf(loans(level, division)) : 0;
  return Math.max(0, Math.floor(level.tokens[role] + lent + rounding));
};

/** Sums of fractions: without it, the tenth tenth is not a whole. */
const rounding = 1e-9;

const loans = ({ tokens }: BucketLevel, { keeps }: BucketDivision): Readonly<Record<CallerRole, number>> =>
  byRole((role) => (role === 'drain' ? 0 : Math.max(0, tokens[role] - keeps[role])));

/** Takes so many out, which must be there: the role's own first, then of what is lent, in proportion. */
export const planTaking = (
  level: BucketLevel,
  division: BucketDivision,
  role: CallerRole,
  count: number,
): BucketLevel => {
  const own = Math.min(count, level.tokens[role]);
  const lent = loans(level, division);
  const all = sumOf(lent);
  const part = all > 0 ? Math.min(1, (count - own) / all) : 0;
  return {
    ...level,
    tokens: byRole((each) => level.tokens[each] - (each === role ? own : lent[each] * part)),
  };
};

/** AWS's bucket is emptier than this one says: begins again with nothing, and slower for a while. */
export const planSlowdown = (level: BucketLevel, nowMillis: number): BucketLevel => {
  const isNewSign = nowMillis - level.slowedAtMillis >= sameSignMillis || level.pace === 1;
  return {
    ...level,
    tokens: byRole((role) => Math.min(0, level.tokens[role])),
    pace: isNewSign ? Math.max(slowestPace, level.pace / 2) : level.pace,
    slowedAtMillis: isNewSign ? nowMillis : level.slowedAtMillis,
  };
};

/** Until a role has so many tokens, if all others leave theirs alone; at most until the pace may be another. */
export const planPauseMillis = (
  level: BucketLevel,
  division: BucketDivision,
  role: CallerRole,
  count: number,
): number => {
  const { caps, keeps, perMilli, weights } = division;
  const open = callerRoles.filter((each) => each === role || level.tokens[each] < caps[each]);
  // A drain also gets what the others gain beyond what they keep.
  const serving = open.filter(
    (each) => each === role || (role === 'drain' && level.tokens[each] >= keeps[each]),
  );
  const weightOf = (roles: readonly CallerRole[]): number =>
    roles.reduce((total, each) => total + weights[each], 0);
  const share = weightOf(serving) / weightOf(open);
  const has = level.tokens[role] + (role === 'drain' ? sumOf(loans(level, division)) : 0);
  const pauseMillis = Math.max(1, Math.ceil((count - has) / (perMilli * level.pace * share)));
  return level.pace < 1 ? Math.min(recoveryMillis, pauseMillis) : pauseMillis;
};

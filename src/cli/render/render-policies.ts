import type { PolicyStanding } from '../../platform/ports/scaling-api.ts';
import { describeScalingPolicy } from '../../scaling/policy/describe-scaling-policy.ts';
import type { ScalingPolicy } from '../../scaling/policy/scaling-policy.ts';
import { printable } from './format-figures.ts';
import { alignRows, type Cell, left, right, section, wrapWords } from './layout-text.ts';
import { type Layout, type Palette, palette } from './palette.ts';

/** `2026-01-31 10:20`, UTC. */
const timeText = (millis: number | null): string =>
  millis === null ? '-' : new Date(millis).toISOString().slice(0, 16).replace('T', ' ');

const stateOf = ({ policy, pausedUntilMillis }: PolicyStanding): readonly [string, keyof Palette] => {
  if (pausedUntilMillis === Number.MAX_SAFE_INTEGER) return ['paused', 'doubtful'];
  if (pausedUntilMillis !== null) return [`paused until ${timeText(pausedUntilMillis)}`, 'doubtful'];
  if (policy.paused) return ['paused by its policy', 'doubtful'];
  return policy.dryRun ? ['dry run', 'doubtful'] : ['on', 'good'];
};

/** A table of policies in the order given. */
export const renderPolicies = (standings: readonly PolicyStanding[], { colour }: Layout): string => {
  const paint = palette(colour);
  const titles: readonly Cell[] = [
    left('cluster', paint.faint),
    right('every', paint.faint),
    right('services', paint.faint),
    right('pools', paint.faint),
    left('last tick (UTC)', paint.faint),
    left('state', paint.faint),
  ];
  const rows = standings.map((standing): readonly Cell[] => {
    const { cluster, policy, tickedAtMillis } = standing;
    const [state, style] = stateOf(standing);
    return [
      left(printable(cluster)),
      right(`${policy.everySeconds} s`),
      right(String(policy.services.length)),
      right(String(policy.capacity?.pools.length ?? 0)),
      left(timeText(tickedAtMillis), paint.faint),
      left(state, paint[style]),
    ];
  });
  return alignRows([titles, ...rows]).join('\n');
};

/** One policy: how it stands, and what it means. */
export const renderStanding = (standing: PolicyStanding, { columns, colour }: Layout): string => {
  const paint = palette(colour);
  const [state, style] = stateOf(standing);
  const { appliedAtMillis, appliedBy, tickedAtMillis, digest, policy } = standing;
  const lines = [
    ...section('state', [paint[style](state)], paint.label),
    ...section('applied', [printable(`${timeText(appliedAtMillis)} UTC by ${appliedBy}`)], paint.label),
    ...section(
      'last tick',
      [tickedAtMillis === null ? 'none yet' : `${timeText(tickedAtMillis)} UTC`],
      paint.label,
    ),
    ...section('digest', [digest.slice(0, 12)], paint.label),
    '',
  ];
  return [...lines, ...renderMeaning(policy, columns)].join('\n');
};

/** What a policy means: lines within that many columns, those that go on indented. */
export const renderMeaning = (policy: ScalingPolicy, columns: number): readonly string[] =>
  describeScalingPolicy(policy).flatMap((line) => {
    const indent = line.length - line.trimStart().length;
    return wrapWords(printable(line.trimStart()), columns - indent - 2).map(
      (part, index) => `${' '.repeat(indent + (index === 0 ? 0 : 2))}${part}`,
    );
  });

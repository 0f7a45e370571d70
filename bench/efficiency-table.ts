import { formatNumber, formatSpread } from './format-number.ts';
import { median } from './median.ts';
import type { Aim } from './result-table.ts';
import { type Contest, compareEfficiency, type Sample } from './rounds.ts';

export const efficiencyColumns = (reference: string): readonly string[] => [
  'tool',
  'requests / CPU s',
  'rounds',
  `x ${reference}`,
  'rounds',
  'requests / s',
  'errors',
  'target counted',
];

/** A row for each way to look at each contestant's CPU; one that failed says why. */
export const efficiencyRows = (
  contests: readonly Contest[],
  reference: Contest | undefined,
): readonly (readonly string[])[] =>
  contests.flatMap((contest) =>
    contest.samples.length === 0 || contest.failure !== undefined
      ? [[contest.name, 'not measured']]
      : (contest.samples[0]?.cpu ?? []).map(({ of }, figure) => {
          const { efficiency, ratio } = compareEfficiency(contest, figure, reference);
          return [
            `${contest.name}${of}`,
            formatNumber(efficiency?.median ?? Number.NaN),
            formatSpread(efficiency),
            formatNumber(ratio?.median ?? Number.NaN),
            formatSpread(ratio),
            formatNumber(median(contest.samples.map((sample) => sample.requests / sample.loadSeconds))),
            String(contest.samples.reduce((sum, sample) => sum + sample.errors, 0)),
            countDifference(contest.samples),
          ];
        }),
  );

/** How much more than the tool reports the target has counted. Most tools leave out what their end cuts off. */
const countDifference = (samples: readonly Sample[]): string => {
  const differences = samples.map(({ countedByTarget, requests }) =>
    countedByTarget === undefined ? Number.NaN : (countedByTarget - requests) / requests,
  );
  const percent = median(differences) * 100;
  return Number.isFinite(percent) ? `${percent >= 0 ? '+' : ''}${percent.toFixed(2)} %` : 'n/a';
};

/** The contestant's first CPU figure against the other's, as the median over the rounds. */
export const ratioAim = (
  contest: Contest | undefined,
  other: Contest | undefined,
  atLeast: number,
  otherName: string,
): Aim => {
  const ratio = contest === undefined ? undefined : compareEfficiency(contest, 0, other).ratio;
  return {
    text: `at least ${atLeast} x ${otherName}'s requests per CPU second`,
    measured: ratio === undefined ? 'n/a' : `${formatNumber(ratio.median)} x, ${formatSpread(ratio)}`,
    met: ratio === undefined ? undefined : ratio.median >= atLeast,
  };
};

export const remarksIn = (contests: readonly Contest[]): readonly string[] => [
  ...new Set(
    contests.flatMap(({ name, failure, samples }) => [
      ...(failure === undefined ? [] : [`${name}: ${failure}`]),
      ...samples.flatMap(({ remarks }) => remarks),
    ]),
  ),
];

/** By the beginning of its name. */
export const contestOf = (contests: readonly Contest[], name: string): Contest | undefined =>
  contests.find((contest) => contest.name.startsWith(name) && contest.failure === undefined);

import { medianOf, type PlayedScaler, type PlayedTrace } from './play-trace.ts';

export const ourName = 'stormdrain';
export const foresightName = 'foresight';

/** Of all requests: fewer are no difference, as in the sweep of `stormdrain scaling simulate`. */
const fewDropped = 0.0001;

export interface ScalerFigures {
  readonly scaler: string;
  readonly requests: number;
  readonly dropped: number;
  readonly costUsd: number;
}

export interface Loss {
  readonly scaler: string;
  readonly dropsFewer: boolean;
  /** Fewer by more than 0.01 % of the requests. */
  readonly dropsClearlyFewer: boolean;
  readonly costsLess: boolean;
}

export interface Comparison {
  readonly ours: ScalerFigures;
  /** Baselines that are better on something; foresight isn't one. */
  readonly losses: readonly (Loss & ScalerFigures)[];
  readonly foresight: ScalerFigures | undefined;
}

const figuresOf = (played: PlayedScaler): ScalerFigures => ({
  scaler: played.scaler,
  requests: medianOf(played, ({ requests }) => requests),
  dropped: medianOf(played, ({ dropped }) => dropped),
  costUsd: medianOf(played, ({ costUsd }) => costUsd),
});

/** stormdrain under its default policy, or under another. */
export const isOurs = ({ scaler }: { readonly scaler: string }): boolean => scaler.startsWith(ourName);

/** Which baselines are better than stormdrain on what, by medians. @param name Of which of its policies. */
export const compareScalers = ({ played }: Pick<PlayedTrace, 'played'>, name = ourName): Comparison => {
  const figures = played.map(figuresOf);
  const ours = figures.find(({ scaler }) => scaler === name);
  if (ours === undefined) throw new Error(`${name} wasn't played`);
  const few = ours.requests * fewDropped;
  return {
    ours,
    losses: figures
      .filter((other) => !isOurs(other) && other.scaler !== foresightName)
      .map((other) => ({
        ...other,
        dropsFewer: other.dropped < ours.dropped,
        dropsClearlyFewer: other.dropped < ours.dropped - few,
        costsLess: other.costUsd < ours.costUsd,
      }))
      .filter(({ dropsFewer, costsLess }) => dropsFewer || costsLess),
    foresight: figures.find(({ scaler }) => scaler === foresightName),
  };
};

/** The baselines that drop clearly fewer for less: there must be none. */
export const beatenBy = ({ losses }: Comparison): readonly (Loss & ScalerFigures)[] =>
  losses.filter(({ dropsClearlyFewer, costsLess }) => dropsClearlyFewer && costsLess);

/** Those that drop fewer for less, if only by one request or a cent. */
export const strictlyBeatenBy = ({ losses }: Comparison): readonly (Loss & ScalerFigures)[] =>
  losses.filter(({ dropsFewer, costsLess }) => dropsFewer && costsLess);

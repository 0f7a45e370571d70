/** A load by its second. Rates are requests a second, times seconds. */
type Load = (second: number) => number;
type Values = Readonly<Record<string, number>>;

export interface ShapeParameter {
  readonly kind: 'rate' | 'time';
  readonly fallback: number;
}

export interface LoadShape {
  readonly description: string;
  readonly parameters: Readonly<Record<string, ShapeParameter>>;
  /** How long it is looked at, unless told. */
  seconds(values: Values): number;
  load(values: Values): Load;
}

const rate = (fallback: number): ShapeParameter => ({ kind: 'rate', fallback });
const time = (fallback: number): ShapeParameter => ({ kind: 'time', fallback });

const value = (values: Values, name: string): number => values[name] ?? Number.NaN;

const shape = <Names extends string>(definition: {
  readonly description: string;
  readonly parameters: Readonly<Record<Names, ShapeParameter>>;
  seconds(values: Readonly<Record<Names, number>>): number;
  load(values: Readonly<Record<Names, number>>): Load;
}): LoadShape => {
  const named = (values: Values): Readonly<Record<Names, number>> => {
    const all: Partial<Record<Names, number>> = {};
    for (const name of Object.keys(definition.parameters) as Names[]) all[name] = value(values, name);
    return all as Record<Names, number>;
  };
  return {
    description: definition.description,
    parameters: definition.parameters,
    seconds: (values) => definition.seconds(named(values)),
    load: (values) => definition.load(named(values)),
  };
};

/** What `--shape` knows, by name. */
export const loadShapes: Readonly<Record<string, LoadShape>> = {
  constant: shape({
    description: 'the same load all the time',
    parameters: { rate: rate(100) },
    seconds: () => 3600,
    load:
      ({ rate }) =>
      () =>
        rate,
  }),
  spike: shape({
    description: '`from`, and at once `to` at `at` for `for`',
    parameters: { from: rate(50), to: rate(500), at: time(600), for: time(1200) },
    seconds: ({ at, for: length }) => at + 2 * length,
    load:
      ({ from, to, at, for: length }) =>
      (second) =>
        second >= at && second < at + length ? to : from,
  }),
  ramp: shape({
    description: '`from` until `at`, then evenly to `to` within `for`, and there it stays',
    parameters: { from: rate(50), to: rate(500), at: time(600), for: time(1200) },
    seconds: ({ at, for: length }) => at + 2 * length,
    load:
      ({ from, to, at, for: length }) =>
      (second) =>
        from + (to - from) * Math.max(0, Math.min(1, (second - at) / length)),
  }),
  sawtooth: shape({
    description: 'from `from` evenly to `to` within `every`, and at once back again',
    parameters: { from: rate(50), to: rate(500), every: time(1800) },
    seconds: ({ every }) => 4 * every,
    load:
      ({ from, to, every }) =>
      (second) =>
        from + ((to - from) * (second % every)) / every,
  }),
  daily: shape({
    description: 'a day: `from` at its lowest, `to` at `peak` (a time of the day, in UTC)',
    parameters: { from: rate(50), to: rate(500), peak: time(15 * 3600) },
    seconds: () => 86_400,
    load:
      ({ from, to, peak }) =>
      (second) =>
        from + ((to - from) * (1 + Math.cos((2 * Math.PI * (second - peak)) / 86_400))) / 2,
  }),
  steps: shape({
    description: 'from `from` to `to`, `by` more after each `every`',
    parameters: { from: rate(50), to: rate(500), by: rate(50), every: time(600) },
    seconds: ({ from, to, by, every }) => every * (Math.ceil(Math.abs(to - from) / by) + 1),
    load: ({ from, to, by, every }) => {
      const direction = Math.sign(to - from);
      const most = Math.abs(to - from);
      return (second) => from + direction * Math.min(most, by * Math.floor(second / every));
    },
  }),
};

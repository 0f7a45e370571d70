import { formatCount } from '../format-number.ts';
import type { Aim, ResultTable } from '../result-table.ts';
import {
  beatenBy,
  type Comparison,
  compareScalers,
  isOurs,
  type Loss,
  ourName,
  type ScalerFigures,
  strictlyBeatenBy,
} from './compare-scalers.ts';
import { medianOf, type PlayedScaler, type PlayedTrace } from './play-trace.ts';

const count = (value: number): string => formatCount(Math.round(value));
const dollars = (value: number): string => `$${value.toFixed(2)}`;
const share = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(3)} %`;

const scalerRow = ({ name, variant }: PlayedTrace, played: PlayedScaler): readonly string[] => [
  `${name}: ${played.scaler}`,
  count(medianOf(played, ({ dropped }) => dropped)),
  `${medianOf(played, ({ dropped, requests }) => (100 * dropped) / requests).toFixed(3)} %`,
  variant === 'fargate' ? '' : medianOf(played, ({ nodeHours }) => nodeHours).toFixed(1),
  medianOf(played, ({ taskHours }) => taskHours).toFixed(0),
  dollars(medianOf(played, ({ costUsd }) => costUsd)),
  count(medianOf(played, ({ outs }) => outs)),
  count(medianOf(played, ({ ins }) => ins)),
];

/** `name: about`, once for each load. */
const loadNotes = (traces: readonly PlayedTrace[]): readonly string[] =>
  traces
    .filter(({ about }, index) => traces.findIndex((one) => one.about === about) === index)
    .map(({ name, about }) => `${name}: ${about}.`);

const tableOf = (
  traces: readonly PlayedTrace[],
  isShown: (played: PlayedScaler) => boolean,
  texts: Pick<ResultTable, 'title' | 'about' | 'notes'>,
): ResultTable => ({
  ...texts,
  columns: ['', 'dropped', 'of all', 'node-hours', 'task-hours', 'cost', 'out', 'in'],
  rows: traces.flatMap((trace) => trace.played.filter(isShown).map((played) => scalerRow(trace, played))),
  aims: [],
});

const isVariant = (played: PlayedScaler): boolean => isOurs(played) && played.scaler !== ourName;

export const traceTable = (traces: readonly PlayedTrace[], seeds: readonly number[]): ResultTable =>
  tableOf(traces, (played) => !isVariant(played), {
    title: 'Scaling: traces',
    about: `Medians over ${seeds.length === 1 ? 'one seed' : `${seeds.length} seeds`}, in simulated time. Out and in: numbers that were raised, and numbers that were lowered or instances that were drained.`,
    notes: loadNotes(traces),
  });

/** What stormdrain would do under other policies; nothing is judged by them. */
export const variantTable = (traces: readonly PlayedTrace[]): ResultTable => {
  const names = new Set(traces.flatMap(({ played }) => played.filter(isVariant).map(({ scaler }) => scaler)));
  return tableOf(traces, isVariant, {
    title: 'Scaling: other policies than the default',
    about:
      'The default policy on the metrics that the HPA gets; and with requests beside CPU. Nothing is judged by them.',
    notes: [...names].map((name) => {
      const beaten = traces.flatMap((trace) => {
        const by = beatenBy(compareScalers(trace, name)).map(({ scaler }) => scaler);
        return by.length === 0 ? [] : [`${trace.name} (${by.join(', ')})`];
      });
      return `${name}: beaten on both on ${beaten.length === 0 ? 'no trace' : beaten.join(', ')}.`;
    }),
  });
};

const beatenAim = (name: string, comparison: Comparison): Aim => {
  const beaten = beatenBy(comparison);
  const { ours } = comparison;
  return {
    text: `${name}: no baseline is better on both dropped requests and cost`,
    measured:
      beaten.length === 0
        ? 'none'
        : `${beaten.map((other) => said(other)).join('; ')}; stormdrain ${said(ours, false)}`,
    met: beaten.length === 0,
  };
};

const said = ({ scaler, dropped, costUsd }: ScalerFigures, named = true): string =>
  `${named ? `${scaler} ` : ''}${count(dropped)} and ${dollars(costUsd)}`;

const lossNote = (name: string, ours: ScalerFigures, loss: Loss & ScalerFigures): string =>
  loss.dropsFewer
    ? `${name}: ${loss.scaler} drops fewer: ${count(loss.dropped)} against ${count(ours.dropped)}, for ${(loss.costUsd / ours.costUsd).toFixed(2)} x the cost.`
    : `${name}: ${loss.scaler} costs less: ${dollars(loss.costUsd)} against ${dollars(ours.costUsd)}, and drops ${count(loss.dropped)} against ${count(ours.dropped)}.`;

type NamedComparison = Comparison & { readonly name: string };

const strictNote = (compared: readonly NamedComparison[]): string => {
  const beaten = compared.flatMap((comparison) =>
    strictlyBeatenBy(comparison).map(
      ({ scaler, dropped, costUsd }) =>
        `${comparison.name} by ${scaler} (${count(comparison.ours.dropped)} dropped against ${count(dropped)}, ${dollars(comparison.ours.costUsd)} against ${dollars(costUsd)})`,
    ),
  );
  return `counted strictly: beaten on both on${beaten.length === 0 ? ' no trace' : `: ${beaten.join('; ')}`}.`;
};

/** Where stormdrain loses, and how far it is from knowing everything beforehand. */
export const verdictTable = (traces: readonly PlayedTrace[]): ResultTable => {
  const compared = traces.map((trace) => ({ name: trace.name, ...compareScalers(trace) }));
  return {
    title: 'Scaling: stormdrain against each',
    about:
      'Beyond foresight: what its default policy drops more, of all requests, and its cost as a multiple. Less than 0.01 % of the requests is no difference for the aims.',
    columns: ['', 'dropped beyond foresight', 'x the cost of foresight'],
    rows: compared.map(({ name, ours, foresight }) =>
      foresight === undefined
        ? [name, 'n/a', 'n/a']
        : [
            name,
            share(Math.max(0, ours.dropped - foresight.dropped), ours.requests),
            (ours.costUsd / foresight.costUsd).toFixed(2),
          ],
    ),
    aims: compared.map((comparison) => beatenAim(comparison.name, comparison)),
    notes: [
      strictNote(compared),
      ...compared.flatMap(({ name, ours, losses }) => losses.map((loss) => lossNote(name, ours, loss))),
    ],
  };
};

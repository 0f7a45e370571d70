import type { PlanDescription } from './describe-plan.ts';

const units = [
  { name: 'h', seconds: 3600 },
  { name: 'm', seconds: 60 },
  { name: 's', seconds: 1 },
];

const formatDuration = (seconds: number): string => {
  if (seconds < 1) return `${Math.round(seconds * 1e6) / 1000}ms`;
  let rest = seconds;
  const parts: string[] = [];
  for (const { name, seconds: size } of units) {
    const count = size === 1 ? Math.round(rest * 1000) / 1000 : Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${name}`);
  }
  return parts.join(' ');
};

const number = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 3 });

const counted = (count: number, one: string): string => `${number(count)} ${count === 1 ? one : `${one}s`}`;

/** Rows with their columns aligned; numbers of columns may differ. */
const aligned = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
};

const shardText = (description: PlanDescription): string => {
  const { shards } = description;
  const what = description.model === 'open' ? 'arrival' : 'user';
  const [most = 0, least = 0] = [Math.max(...shards), Math.min(...shards)];
  const each = shards.length === 1 ? '' : ' each';
  if (most === least) return `${counted(most, what)}${each}`;
  return `${number(least)} or ${counted(most, what)} each`;
};

const dataText = ({ use, have, needed }: PlanDescription['data'][number]): string => {
  if (use !== 'once')
    return `${counted(have, 'row')}, ${use === 'cycle' ? 'used in turn' : 'used at random'}`;
  const need = needed === undefined ? 'the scenario ends when they are used up' : `${number(needed)} needed`;
  return `${counted(have, 'row')}, each used once, ${need}`;
};

/** The description as lines of text, for `stormdrain plan check`. */
export const formatPlanDescription = (description: PlanDescription): string => {
  const { model, peak, seconds, arrivals, requests } = description;
  const unit = model === 'open' ? '/s' : ' users';
  const spacing = model === 'open' ? `open model, ${description.spacing} arrivals` : 'closed model';
  const stages = description.stages.map(({ seconds: length, from, to, arrivals: count }, index) => [
    String(index + 1),
    formatDuration(length),
    `${from === to ? number(from) : `${number(from)} to ${number(to)}`}${unit}`,
    ...(count === undefined ? [] : [counted(count, 'arrival')]),
  ]);
  const totals = [
    formatDuration(seconds),
    `peak ${number(peak)}${unit}`,
    ...(arrivals === undefined ? [] : [counted(arrivals, 'arrival')]),
    ...(requests === undefined ? [] : [`up to ${counted(requests, 'request')}`]),
  ];
  const scenarios = description.scenarios.map(({ name, weight, requestsEach, arrivals: count }) => [
    name,
    `weight ${weight}`,
    ...(count === undefined ? [] : [counted(count, 'arrival')]),
    `${counted(requestsEach, 'request')} each`,
  ]);
  const section = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', title, ...lines];
  return [
    `${description.name}: ${spacing}, against ${description.target}`,
    ...section('Stages', [...aligned(stages), `  in all: ${totals.join(', ')}`]),
    ...section('Scenarios', aligned(scenarios)),
    ...section('Workers', [`  ${counted(description.shards.length, 'worker')}: ${shardText(description)}`]),
    ...section('Data', aligned(description.data.map((need) => [need.scenario, need.file, dataText(need)]))),
    ...section(
      'Thresholds',
      description.thresholds.map((text) => `  ${text}`),
    ),
  ].join('\n');
};

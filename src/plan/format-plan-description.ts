import { counted, formatDuration, formatNumber } from '../document/format-quantity.ts';
import type { PlanDescription } from './describe-plan.ts';
import { formatPlanSettings, formatThreads } from './format-plan-settings.ts';

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
  return `${formatNumber(least)} or ${counted(most, what)} each`;
};

const dataText = ({ use, have, needed }: PlanDescription['data'][number]): string => {
  if (use !== 'once')
    return `${counted(have, 'row')}, ${use === 'cycle' ? 'used in turn' : 'used at random'}`;
  const need =
    needed === undefined ? 'the scenario ends when they are used up' : `${formatNumber(needed)} needed`;
  return `${counted(have, 'row')}, each used once, ${need}`;
};

const stageLines = ({ stages }: PlanDescription, unit: string): readonly string[] =>
  aligned(
    stages.map(({ seconds, from, to, arrivals, isWarmup }, index) => [
      String(index + 1),
      formatDuration(seconds),
      `${from === to ? formatNumber(from) : `${formatNumber(from)} to ${formatNumber(to)}`}${unit}`,
      ...(arrivals === undefined ? [] : [counted(arrivals, 'arrival')]),
      ...(isWarmup ? ['warm-up'] : []),
    ]),
  );

const totalsText = (description: PlanDescription, unit: string): string => {
  const { seconds, warmupSeconds, peak, arrivals, requests } = description;
  const totals = [
    formatDuration(seconds),
    ...(warmupSeconds === 0 ? [] : [`of which warm-up ${formatDuration(warmupSeconds)}`]),
    `peak ${formatNumber(peak)}${unit}`,
    ...(arrivals === undefined ? [] : [counted(arrivals, 'arrival')]),
    ...(requests === undefined ? [] : [`up to ${counted(requests, 'request')}`]),
  ];
  return totals.join(', ');
};

const scenarioLines = ({ scenarios }: PlanDescription): readonly string[] =>
  aligned(
    scenarios.map(({ name, weight, requestsEach, mayEndEarly, arrivals }) => [
      name,
      `weight ${weight}`,
      ...(arrivals === undefined ? [] : [counted(arrivals, 'arrival')]),
      `${mayEndEarly ? 'up to ' : ''}${counted(requestsEach, 'request')} each`,
    ]),
  );

const workersText = (description: PlanDescription): string => {
  const { shards, threads } = description;
  return `${counted(shards.length, 'worker')}${formatThreads(threads)}: ${shardText(description)}`;
};

const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', title, ...lines];

/** The description as lines of text, for `stormdrain plan check`. */
export const formatPlanDescription = (description: PlanDescription): string => {
  const { model, data, thresholds, abortOn } = description;
  const unit = model === 'open' ? '/s' : ' users';
  const spacing = model === 'open' ? `open model, ${description.spacing} arrivals` : 'closed model';
  return [
    `${description.name}: ${spacing}, against ${description.target}`,
    ...section('Stages', [...stageLines(description, unit), `  in all: ${totalsText(description, unit)}`]),
    ...section('Scenarios', scenarioLines(description)),
    ...section('Workers', [`  ${workersText(description)}`]),
    ...section('Settings', indented(formatPlanSettings(description))),
    ...section('Data', aligned(data.map((need) => [need.scenario, need.file, dataText(need)]))),
    ...section('Thresholds', indented(thresholds)),
    ...section(
      'Ends early',
      aligned(abortOn.map(({ text, windowSeconds }) => [text, `over ${formatDuration(windowSeconds)}`])),
    ),
  ].join('\n');
};

import type { RunListEntry } from '../../platform/ports/run-api.ts';
import { printable } from './format-figures.ts';
import { alignRows, type Cell, left, shorten } from './layout-text.ts';
import { type Layout, type Palette, palette } from './palette.ts';

const paintOf: Readonly<Record<RunListEntry['status'], keyof Palette>> = {
  running: 'label',
  passed: 'good',
  failed: 'bad',
  invalid: 'doubtful',
  stopped: 'doubtful',
  error: 'bad',
  unknown: 'doubtful',
};

/** `2026-01-31 10:20:30`, UTC. */
const timeText = (iso: string): string => iso.slice(0, 19).replace('T', ' ');

/** A table of runs in the order given. */
export const renderRuns = (runs: readonly RunListEntry[], layout: Layout): string => {
  const paint = palette(layout.colour);
  const widestId = Math.max(3, ...runs.map((run) => run.runId.length));
  const room = Math.max(24, layout.columns - widestId - 35);
  const names = runs.map((run) => shorten(printable(run.name), Math.floor(room * 0.4)));
  const widestName = Math.max(4, ...names.map((name) => name.length));
  const rows = runs.map((run, index): readonly Cell[] => [
    left(run.runId),
    left(run.status, paint[paintOf[run.status]]),
    left(timeText(run.createdAt), paint.faint),
    left(names[index] ?? ''),
    left(shorten(printable(run.target), room - widestName)),
  ]);
  const titles = ['run', 'status', 'created (UTC)', 'plan', 'target'].map((title) =>
    left(title, paint.faint),
  );
  return alignRows([titles, ...rows]).join('\n');
};

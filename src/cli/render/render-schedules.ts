import type { ListedSchedule } from '../../platform/ports/schedule-api.ts';
import { printable } from './format-figures.ts';
import { alignRows, type Cell, left } from './layout-text.ts';
import { type Layout, palette } from './palette.ts';

/** A table of schedules in the order given. */
export const renderSchedules = (schedules: readonly ListedSchedule[], { colour }: Layout): string => {
  const paint = palette(colour);
  const titles = ['schedule', 'when', 'time zone', ''].map((title) => left(title, paint.faint));
  const rows = schedules.map(({ name, expression, timezone, enabled }): readonly Cell[] => [
    left(printable(name)),
    left(printable(expression)),
    left(printable(timezone)),
    left(enabled ? '' : 'off', paint.doubtful),
  ]);
  return alignRows([titles, ...rows]).join('\n');
};

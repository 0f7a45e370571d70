import type { LogLine } from '../log-line.ts';
import { palette } from './palette.ts';
import { oneLine } from './terminal-text.ts';

const idLength = 8;

/** `2026-11-21T22:33:44.123Z 0b1c2d3e ERROR GET /products/7`; with the container's name when there are several. */
export const renderLogLine = (
  line: LogLine,
  {
    colour,
    hasContainer,
    isForTerminal,
  }: { readonly colour: boolean; readonly hasContainer: boolean; readonly isForTerminal: boolean },
): string => {
  const paint = palette(colour);
  const { time, ecs_task_arn: arn, container, source, log } = line;
  const text = oneLine(String(log ?? ''), isForTerminal);
  if (typeof time !== 'string') return text;
  const task = oneLine(typeof arn === 'string' ? (arn.split('/').at(-1) ?? '') : '', isForTerminal).slice(
    0,
    idLength,
  );
  return [
    paint.faint(time),
    paint.label(task.padEnd(idLength, '-')),
    ...(hasContainer ? [paint.label(String(container ?? ''))] : []),
    source === 'stderr' ? paint.bad(text) : text,
  ].join(' ');
};

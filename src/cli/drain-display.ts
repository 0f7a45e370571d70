import type { DrainRecord } from '../drain/records/drain-record.ts';
import { type CliContext, isTerminal } from './cli-context.ts';
import { type Display, openLiveDisplay } from './live-display.ts';
import { formatOffset, timelineOf } from './render/drain-timeline.ts';
import { renderDrainRecord } from './render/render-drain-record.ts';

export type DrainDisplay = Display<DrainRecord>;

/** A line for each step when it has ended, for logs and pipes. */
const lineDisplay = ({ stderr }: CliContext): DrainDisplay => {
  const shown = new Set<string>();
  return {
    show(record) {
      for (const { seconds, text } of timelineOf(record)) {
        if (shown.has(text) || text === 'deadline') continue;
        shown.add(text);
        stderr.write(`${formatOffset(seconds).padStart(10)}  ${text}\n`);
      }
    },
    note(text) {
      stderr.write(`${text}\n`);
    },
    close() {},
  };
};

export const openDrainDisplay = (context: CliContext, hint: string): Promise<DrainDisplay> =>
  isTerminal(context.stderr, context.env)
    ? openLiveDisplay<DrainRecord>(
        context,
        hint,
        (record, remark, layout) => `${renderDrainRecord(record, layout)}\n\n${remark}`,
      )
    : Promise.resolve(lineDisplay(context));

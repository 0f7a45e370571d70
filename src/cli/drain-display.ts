import type { DrainRecord } from '../drain/records/drain-record.ts';
import { type CliContext, columnsOf, isTerminal, wantsColour } from './cli-context.ts';
import { formatOffset, timelineOf } from './render/drain-timeline.ts';
import { renderDrainRecord } from './render/render-drain-record.ts';

/** Where a drain is shown while it goes on: stderr. */
export interface DrainDisplay {
  show(record: DrainRecord): void;
  /** A remark that stays. */
  note(text: string): void;
  /** Takes a live block away; plain lines stay. Closing twice is closing once. */
  close(): void;
}

/** A block redrawn in place. */
const liveDisplay = async (context: CliContext, hint: string): Promise<DrainDisplay> => {
  const { createLogUpdate } = await import('log-update');
  const stream = context.stderr;
  const layout = { columns: columnsOf(stream), colour: wantsColour(stream, context.env) };
  const update = createLogUpdate(stream);
  let remark = hint;
  let last: DrainRecord | undefined;
  let closed = false;
  const draw = (): void => {
    if (last !== undefined && !closed) update(`${renderDrainRecord(last, layout)}\n\n${remark}`);
  };
  return {
    show(record) {
      last = record;
      draw();
    },
    note(text) {
      remark = text;
      if (last === undefined || closed) stream.write(`${text}\n`);
      draw();
    },
    close() {
      if (closed) return;
      closed = true;
      update.clear();
      update.done();
    },
  };
};

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
    ? liveDisplay(context, hint)
    : Promise.resolve(lineDisplay(context));

import type { RunProgress } from '../run/run-progress.ts';
import { type CliContext, columnsOf, isTerminal, wantsColour } from './cli-context.ts';
import { renderProgress, renderProgressLine } from './render/render-progress.ts';

/** Where progress is shown while a run goes on. */
export interface ProgressDisplay {
  show(progress: RunProgress): void;
  /** A remark that stays. */
  note(text: string): void;
  /** Takes a live block away; plain lines stay. Closing twice is closing once. */
  close(): void;
}

/** Milliseconds between plain lines, unless the phase changes. */
const lineEveryMillis = 3000;

/** A block redrawn in place with log-update. */
const liveDisplay = async (context: CliContext, hint: string): Promise<ProgressDisplay> => {
  const { createLogUpdate } = await import('log-update');
  const stream = context.stderr;
  const colour = wantsColour(stream, context.env);
  const update = createLogUpdate(stream);
  let remark = hint;
  let last: RunProgress | undefined;
  let closed = false;
  const draw = (): void => {
    if (last === undefined || closed) return;
    update(`${renderProgress(last, { columns: columnsOf(stream), colour })}\n${remark}`);
  };
  return {
    show(progress) {
      last = progress;
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

/** A line every few seconds, for logs and pipes. */
const lineDisplay = (context: CliContext): ProgressDisplay => {
  let lastMillis = Number.NEGATIVE_INFINITY;
  let lastPhase: RunProgress['phase'] | undefined;
  return {
    show(progress) {
      const now = context.now();
      if (progress.phase === lastPhase && now - lastMillis < lineEveryMillis) return;
      lastMillis = now;
      lastPhase = progress.phase;
      context.stderr.write(`${renderProgressLine(progress)}\n`);
    },
    note(text) {
      context.stderr.write(`${text}\n`);
    },
    close() {},
  };
};

const silentDisplay = (context: CliContext): ProgressDisplay => ({
  show() {},
  note(text) {
    context.stderr.write(`${text}\n`);
  },
  close() {},
});

/** Progress goes to stderr, so that stdout holds results only. With `json`, plain lines would be noise in a log. */
export const openProgressDisplay = (
  context: CliContext,
  options: { readonly json: boolean; readonly quiet: boolean; readonly hint: string },
): Promise<ProgressDisplay> => {
  const terminal = isTerminal(context.stderr, context.env);
  if (options.quiet || (options.json && !terminal)) return Promise.resolve(silentDisplay(context));
  return terminal ? liveDisplay(context, options.hint) : Promise.resolve(lineDisplay(context));
};

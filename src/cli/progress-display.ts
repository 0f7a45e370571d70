import type { RunProgress } from '../run/run-progress.ts';
import { type CliContext, isTerminal } from './cli-context.ts';
import { type Display, openLiveDisplay } from './live-display.ts';
import { renderProgress, renderProgressLine } from './render/render-progress.ts';

export type ProgressDisplay = Display<RunProgress>;

/** Milliseconds between plain lines, unless the phase changes. */
const lineEveryMillis = 3000;

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
  if (!terminal) return Promise.resolve(lineDisplay(context));
  return openLiveDisplay<RunProgress>(
    context,
    options.hint,
    (progress, remark, layout) => `${renderProgress(progress, layout)}\n${remark}`,
  );
};

import { join, relative } from 'node:path';
import type { RunSummary } from '../run/summary.ts';
import { type CliContext, columnsOf, wantsColour } from './cli-context.ts';
import { planNextSteps } from './render/next-steps.ts';
import { renderOutcomeLine, renderSummary } from './render/render-summary.ts';

export type SummaryForm = 'text' | 'line' | 'json';

/** Absolute path of an object of the local store. */
const pathOf = (context: Pick<CliContext, 'home'>, key: string): string => join(context.home, key);

/** The summary document that is printed: as stored, with the timeline as an absolute path. */
const summaryDocument = (context: CliContext, summary: RunSummary): RunSummary => ({
  ...summary,
  timeline: pathOf(context, summary.timeline),
});

/** Writes a summary to stdout in one of its forms. */
export const reportSummary = (
  context: CliContext,
  summary: RunSummary,
  form: SummaryForm,
  next: readonly string[] = planNextSteps(summary, context.invocation),
): void => {
  const { stdout } = context;
  switch (form) {
    case 'json':
      stdout.write(`${JSON.stringify(summaryDocument(context, summary), undefined, 2)}\n`);
      return;
    case 'line':
      stdout.write(`${renderOutcomeLine(summary)}\n`);
      return;
    case 'text': {
      const path = relative(context.cwd, pathOf(context, summary.timeline));
      const layout = { columns: columnsOf(stdout), colour: wantsColour(stdout, context.env) };
      stdout.write(`${renderSummary(summary, { ...layout, timeline: path, next })}\n`);
    }
  }
};

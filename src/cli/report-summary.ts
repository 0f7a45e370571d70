import { join, relative } from 'node:path';
import type { RunSummary } from '../run/summary.ts';
import { type CliContext, type CliStack, columnsOf, wantsColour } from './cli-context.ts';
import { planNextSteps } from './render/next-steps.ts';
import { renderOutcomeLine, renderSummary } from './render/render-summary.ts';

export type SummaryForm = 'text' | 'line' | 'json';

/** Where an object is: an absolute path on this machine, an S3 URI for a stack. */
const placeOf = (context: Pick<CliContext, 'home'>, key: string, stack: CliStack | undefined): string =>
  stack === undefined ? join(context.home, key) : `s3://${stack.bucketName}/${key}`;

/** Writes a summary to stdout in one of its forms. */
export const reportSummary = (
  context: CliContext,
  summary: RunSummary,
  form: SummaryForm,
  options: { readonly stack?: CliStack | undefined; readonly next?: readonly string[] | undefined } = {},
): void => {
  const { stdout } = context;
  const { stack, next = planNextSteps(summary, context.invocation, stack) } = options;
  const timeline = summary.timeline === null ? null : placeOf(context, summary.timeline, stack);
  switch (form) {
    case 'json':
      stdout.write(`${JSON.stringify({ ...summary, timeline }, undefined, 2)}\n`);
      return;
    case 'line':
      stdout.write(`${renderOutcomeLine(summary)}\n`);
      return;
    case 'text': {
      const shown = timeline !== null && stack === undefined ? relative(context.cwd, timeline) : timeline;
      const layout = { columns: columnsOf(stdout), colour: wantsColour(stdout, context.env) };
      stdout.write(`${renderSummary(summary, { ...layout, timeline: shown, next })}\n`);
    }
  }
};

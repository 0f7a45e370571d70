import { AnsweredError } from './answer-request.ts';
import type { ReadPorts } from './api-ports.ts';
import { acceptedAnswer, changeRequest, runAnswer, runListAnswer, stopRequest } from './documents/runs.ts';
import { summaryDocument } from './documents/summary.ts';
import { timelineAnswer } from './documents/timeline.ts';
import { pageTimeline } from './page-timeline.ts';
import { listQuery, ofRun, timelineQuery } from './parameters.ts';
import { problemAnswer } from './problems.ts';
import { type Route, route } from './route.ts';

/** The routes that look at runs and command them. */
export const readRoutes: readonly Route<ReadPorts>[] = [
  route(
    {
      method: 'GET',
      path: '/runs',
      operationId: 'listRuns',
      summary: 'Runs, newest first, a page at a time.',
      function: 'read',
      answers: { 200: runListAnswer },
      problems: [],
    },
    { query: listQuery },
    async ({ runs }: ReadPorts, { query: { limit, cursor } }) => {
      const page = await runs.list({ limit, ...(cursor === undefined ? {} : { after: cursor }) });
      return { status: 200, document: page };
    },
  ),
  route(
    {
      method: 'GET',
      path: '/runs/{id}',
      operationId: 'readRun',
      summary: 'A run as it looks right now, with its summary once it has ended.',
      function: 'read',
      answers: { 200: runAnswer },
      problems: ['run-not-found'],
    },
    { path: ofRun },
    async ({ runs }: ReadPorts, { path: { id } }) => {
      // The summary first: a run that ends in between is then shown as ended by its progress, and has one next time.
      const summary = await runs.summary(id);
      const progress = await runs.progress(id);
      return { status: 200, document: { progress, ...(summary === undefined ? {} : { summary }) } };
    },
  ),
  route(
    {
      method: 'GET',
      path: '/runs/{id}/timeline',
      operationId: 'readTimeline',
      summary: 'What happened in each second, from one on; ask again with nextSecond until it is complete.',
      function: 'read',
      answers: { 200: timelineAnswer },
      problems: ['run-not-found'],
    },
    { path: ofRun, query: timelineQuery },
    async ({ runs }: ReadPorts, { path: { id }, query: { after } }) => ({
      status: 200,
      document: pageTimeline(await runs.timeline(id, after)),
    }),
  ),
  route(
    {
      method: 'GET',
      path: '/runs/{id}/report',
      operationId: 'readReport',
      summary: 'What the run came to.',
      function: 'read',
      answers: { 200: summaryDocument },
      problems: ['run-not-found', 'run-not-ended'],
    },
    { path: ofRun },
    async ({ runs }: ReadPorts, { path: { id } }) => {
      const summary = await runs.summary(id);
      if (summary !== undefined) return { status: 200, document: summary };
      const detail = `Run ${id} is still going on; its report is there when it has ended.`;
      throw new AnsweredError(problemAnswer('run-not-ended', detail));
    },
  ),
  route(
    {
      method: 'POST',
      path: '/runs/{id}/stop',
      operationId: 'stopRun',
      summary: 'Asks the run to stop; it ends as stopped, keeping what was measured.',
      function: 'read',
      answers: { 202: acceptedAnswer },
      problems: ['run-not-found', 'run-already-ended', 'run-not-planned', 'conflict'],
    },
    { path: ofRun, body: stopRequest, isBodyOptional: true },
    async ({ runs }: ReadPorts, { path: { id }, body: { reason } }) => {
      await runs.stop(id, reason ?? 'stopped through the API');
      return { status: 202, document: { runId: id } };
    },
  ),
  route(
    {
      method: 'PATCH',
      path: '/runs/{id}',
      operationId: 'changeRun',
      summary: 'Changes the number of workers or the rate while the run is going on.',
      function: 'read',
      answers: { 202: acceptedAnswer },
      problems: ['run-not-found', 'run-already-ended', 'run-not-planned', 'conflict'],
    },
    { path: ofRun, body: changeRequest },
    async ({ runs }: ReadPorts, { path: { id }, body: { workers, rateScale } }) => {
      const change = {
        ...(workers === undefined ? {} : { workers }),
        ...(rateScale === undefined ? {} : { rateScale }),
      };
      await runs.scale(id, change);
      return { status: 202, document: { runId: id } };
    },
  ),
];

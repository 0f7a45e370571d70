import type { RunSchedules } from '../platform/ports/run-schedules.ts';
import { scheduleRun, unscheduleRun } from '../run/schedule-run.ts';
import { AnsweredError } from './answer-request.ts';
import type { SubmitPorts } from './api-ports.ts';
import { scheduleDocument, scheduleListAnswer, scheduleRequest } from './documents/schedules.ts';
import { ofSchedule } from './parameters.ts';
import { problemAnswer } from './problems.ts';
import { type Route, route } from './route.ts';
import { requireNothingInTheWay, submittedPlan } from './submitted-plan.ts';

const requireSchedules = ({ schedules }: SubmitPorts): RunSchedules => {
  if (schedules !== undefined) return schedules;
  const detail = 'Runs are scheduled by a stack on AWS; this server has nobody who would start them.';
  throw new AnsweredError(problemAnswer('not-available-here', detail));
};

/** Runs that start by the clock. */
export const scheduleRoutes: readonly Route<SubmitPorts>[] = [
  route(
    {
      method: 'GET',
      path: '/schedules',
      operationId: 'listSchedules',
      summary: 'The schedules there are, by name.',
      function: 'submit',
      answers: { 200: scheduleListAnswer },
      problems: ['not-available-here'],
    },
    {},
    async (ports: SubmitPorts) => ({
      status: 200,
      document: { schedules: await requireSchedules(ports).list() },
    }),
  ),
  route(
    {
      method: 'PUT',
      path: '/schedules/{name}',
      operationId: 'putSchedule',
      summary: 'Creates a schedule, or replaces the one of that name.',
      function: 'submit',
      answers: { 200: scheduleDocument },
      problems: ['plan-invalid', 'preflight-failed', 'not-available-here'],
    },
    { path: ofSchedule, body: scheduleRequest },
    async (ports: SubmitPorts, { path: { name }, body }) => {
      const schedules = requireSchedules(ports);
      const { expression, timezone = 'UTC', enabled = true, ...submission } = body;
      const request = await submittedPlan(ports, submission);
      await requireNothingInTheWay(ports, request);
      const { plan, uploads } = request;
      const put = { name, expression, timezone, enabled, plan, uploads };
      return { status: 200, document: await scheduleRun({ store: ports.store, schedules }, put) };
    },
  ),
  route(
    {
      method: 'DELETE',
      path: '/schedules/{name}',
      operationId: 'deleteSchedule',
      summary: 'Removes a schedule. Runs that it started go on.',
      function: 'submit',
      answers: { 204: null },
      problems: ['schedule-not-found', 'not-available-here'],
    },
    { path: ofSchedule },
    async (ports: SubmitPorts, { path: { name } }) => {
      const schedules = requireSchedules(ports);
      if (await unscheduleRun({ store: ports.store, schedules }, name)) return { status: 204 };
      throw new AnsweredError(problemAnswer('schedule-not-found', `There is no schedule ${name}.`));
    },
  ),
];

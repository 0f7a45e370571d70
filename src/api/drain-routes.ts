import type { DrainApi } from '../platform/ports/drain-api.ts';
import { AnsweredError } from './answer-request.ts';
import type { ApiRequest } from './api-message.ts';
import type { DrainRoutePorts } from './api-ports.ts';
import {
  clusterCheckAnswer,
  drainAcceptedAnswer,
  drainDocument,
  drainListAnswer,
  drainRequest,
  longestReason,
  requestedDrainAnswer,
  taskStopAnswer,
  taskStopRequest,
} from './documents/drains.ts';
import { drainListQuery, ofCluster, ofDrain, ofTask } from './parameters.ts';
import { problemAnswer } from './problems.ts';
import { type Route, route } from './route.ts';

/** A method of the drains, where this server has it. */
const required = <Name extends keyof DrainApi>(
  { drains }: DrainRoutePorts,
  name: Name,
): Pick<DrainApi, Name> => {
  if (drains?.[name] !== undefined) return drains as Pick<DrainApi, Name>;
  const detail = 'Clusters are looked after by a stack on AWS; this server has none.';
  throw new AnsweredError(problemAnswer('not-available-here', detail));
};

const callerOf = ({ caller }: ApiRequest): string => caller ?? 'the API';

/** The routes that look at drains and command them. */
export const drainRoutes: readonly Route<DrainRoutePorts>[] = [
  route(
    {
      method: 'GET',
      path: '/drains',
      operationId: 'listDrains',
      summary: 'Drains, newest first, those under way among them, a page at a time.',
      function: 'drain',
      answers: { 200: drainListAnswer },
      problems: ['not-available-here'],
    },
    { query: drainListQuery },
    async (ports: DrainRoutePorts, { query: { limit, cursor } }) => {
      const page = { limit, ...(cursor === undefined ? {} : { after: cursor }) };
      return { status: 200, document: await required(ports, 'list').list(page) };
    },
  ),
  route(
    {
      method: 'POST',
      path: '/drains',
      operationId: 'requestDrain',
      summary: 'Has an instance drained; asking twice is the same drain.',
      function: 'drain',
      answers: { 202: requestedDrainAnswer },
      problems: ['conflict', 'not-available-here'],
    },
    { body: drainRequest },
    async (ports: DrainRoutePorts, { body: { instanceId, deadlineSeconds = null }, request }) => {
      const requested = { instanceId, deadlineSeconds, requestedBy: callerOf(request) };
      return { status: 202, document: await required(ports, 'request').request(requested) };
    },
  ),
  route(
    {
      method: 'GET',
      path: '/drains/{id}',
      operationId: 'readDrain',
      summary: 'How a drain went, or how far it is: by its id, the beginning of one, or its instance.',
      function: 'drain',
      answers: { 200: drainDocument },
      problems: ['drain-not-found', 'not-available-here'],
    },
    { path: ofDrain },
    async (ports: DrainRoutePorts, { path: { id } }) => ({
      status: 200,
      document: await required(ports, 'show').show(id),
    }),
  ),
  route(
    {
      method: 'POST',
      path: '/drains/{id}/cancel',
      operationId: 'cancelDrain',
      summary: 'Takes a drain back: the instance becomes ACTIVE again, unless it goes whatever anybody says.',
      function: 'drain',
      answers: { 202: drainAcceptedAnswer },
      problems: ['drain-not-found', 'drain-already-ended', 'conflict', 'not-available-here'],
    },
    { path: ofDrain },
    async (ports: DrainRoutePorts, { path: { id }, request }) => {
      await required(ports, 'cancel').cancel(id, callerOf(request));
      return { status: 202, document: { drainId: id } };
    },
  ),
  route(
    {
      method: 'GET',
      path: '/clusters/{cluster}/drain-check',
      operationId: 'checkCluster',
      summary: 'What would spoil a drain in the cluster, worst first.',
      function: 'drain',
      answers: { 200: clusterCheckAnswer },
      problems: ['not-available-here'],
    },
    { path: ofCluster },
    async (ports: DrainRoutePorts, { path: { cluster } }) => ({
      status: 200,
      document: await required(ports, 'check').check(cluster),
    }),
  ),
  route(
    {
      method: 'POST',
      path: '/clusters/{cluster}/tasks/{task}/stop',
      operationId: 'stopTask',
      summary: 'One step of taking a task off its balancers and stopping it; ask again until it is stopped.',
      function: 'drain',
      answers: { 200: taskStopAnswer, 202: taskStopAnswer },
      problems: ['conflict', 'not-available-here'],
    },
    { path: ofTask, body: taskStopRequest, isBodyOptional: true },
    async (ports: DrainRoutePorts, { path: { cluster, task }, body: { reason }, request }) => {
      const asked = {
        cluster,
        task,
        reason: reason ?? `stopped by ${callerOf(request)}`.slice(0, longestReason),
      };
      const step = await required(ports, 'stopTask').stopTask(asked);
      return { status: step.stage === 'stopped' ? 200 : 202, document: step };
    },
  ),
];

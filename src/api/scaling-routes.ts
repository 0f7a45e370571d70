import type { ScalingApi } from '../platform/ports/scaling-api.ts';
import { AnsweredError } from './answer-request.ts';
import type { ApiRequest } from './api-message.ts';
import type { ScalingRoutePorts } from './api-ports.ts';
import {
  appliedPolicyAnswer,
  decisionListAnswer,
  pauseRequest,
  policyListAnswer,
  policyRequest,
  policyStandingDocument,
} from './documents/scaling.ts';
import { decisionQuery, ofCluster } from './parameters.ts';
import { problemAnswer } from './problems.ts';
import { type Route, route } from './route.ts';

const requireScaling = ({ scaling }: ScalingRoutePorts): ScalingApi => {
  if (scaling !== undefined) return scaling;
  throw new AnsweredError(problemAnswer('not-available-here', 'This server keeps no scaling policies.'));
};

const callerOf = ({ caller }: ApiRequest): string => caller ?? 'the API';

/** The routes of scaling policies and of what was decided by them. */
export const scalingRoutes: readonly Route<ScalingRoutePorts>[] = [
  route(
    {
      method: 'GET',
      path: '/scaling/policies',
      operationId: 'listPolicies',
      summary: 'The scaling policies there are, by cluster.',
      function: 'scaling',
      answers: { 200: policyListAnswer },
      problems: ['not-available-here'],
    },
    {},
    async (ports: ScalingRoutePorts) => ({
      status: 200,
      document: { policies: await requireScaling(ports).list() },
    }),
  ),
  route(
    {
      method: 'PUT',
      path: '/scaling/policies',
      operationId: 'applyPolicy',
      summary: 'Checks a scaling policy and stores it in place of the last one of its cluster.',
      function: 'scaling',
      answers: { 200: appliedPolicyAnswer },
      problems: ['policy-refused', 'conflict', 'not-available-here'],
    },
    { body: policyRequest },
    async (ports: ScalingRoutePorts, { body: { text, name = 'policy' }, request }) => {
      const applied = await requireScaling(ports).apply({ text, name, requestedBy: callerOf(request) });
      return { status: 200, document: applied };
    },
  ),
  route(
    {
      method: 'GET',
      path: '/scaling/policies/{cluster}',
      operationId: 'readPolicy',
      summary: 'The scaling policy of a cluster, and when it was last decided by.',
      function: 'scaling',
      answers: { 200: policyStandingDocument },
      problems: ['policy-not-found', 'not-available-here'],
    },
    { path: ofCluster },
    async (ports: ScalingRoutePorts, { path: { cluster } }) => ({
      status: 200,
      document: await requireScaling(ports).show(cluster),
    }),
  ),
  route(
    {
      method: 'DELETE',
      path: '/scaling/policies/{cluster}',
      operationId: 'removePolicy',
      summary: 'Removes a policy. The cluster stays as it is.',
      function: 'scaling',
      answers: { 204: null },
      problems: ['policy-not-found', 'not-available-here'],
    },
    { path: ofCluster },
    async (ports: ScalingRoutePorts, { path: { cluster } }) => {
      if (await requireScaling(ports).remove(cluster)) return { status: 204 };
      const detail = `no scaling policy is stored for the cluster "${cluster}"`;
      throw new AnsweredError(problemAnswer('policy-not-found', detail));
    },
  ),
  route(
    {
      method: 'POST',
      path: '/scaling/policies/{cluster}/pause',
      operationId: 'pauseScaling',
      summary: 'Has nothing decided for the cluster for a while, or until it is resumed.',
      function: 'scaling',
      answers: { 200: policyStandingDocument },
      problems: ['policy-not-found', 'conflict', 'not-available-here'],
    },
    { path: ofCluster, body: pauseRequest, isBodyOptional: true },
    async (ports: ScalingRoutePorts, { path: { cluster }, body: { forSeconds = null }, request }) => {
      const pause = { forSeconds, requestedBy: callerOf(request) };
      return { status: 200, document: await requireScaling(ports).pause(cluster, pause) };
    },
  ),
  route(
    {
      method: 'POST',
      path: '/scaling/policies/{cluster}/resume',
      operationId: 'resumeScaling',
      summary: 'Ends a pause.',
      function: 'scaling',
      answers: { 200: policyStandingDocument },
      problems: ['policy-not-found', 'conflict', 'not-available-here'],
    },
    { path: ofCluster },
    async (ports: ScalingRoutePorts, { path: { cluster }, request }) => ({
      status: 200,
      document: await requireScaling(ports).resume(cluster, callerOf(request)),
    }),
  ),
  route(
    {
      method: 'GET',
      path: '/scaling/decisions',
      operationId: 'listDecisions',
      summary: 'What was decided and why, newest first, a page at a time.',
      function: 'scaling',
      answers: { 200: decisionListAnswer },
      problems: ['not-available-here'],
    },
    { query: decisionQuery },
    async (ports: ScalingRoutePorts, { query: { limit, cursor, cluster, subject, since, until } }) => {
      const page = await requireScaling(ports).explain({
        limit,
        sinceMillis: since,
        ...(until === undefined ? {} : { untilMillis: until }),
        ...(cluster === undefined ? {} : { cluster }),
        ...(subject === undefined ? {} : { subject }),
        ...(cursor === undefined ? {} : { after: cursor }),
      });
      return { status: 200, document: page };
    },
  ),
];

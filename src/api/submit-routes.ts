import { PlanRefusedError } from '../errors.ts';
import { isKeyUsed } from '../run/is-key-used.ts';
import type { SubmitPorts } from './api-ports.ts';
import { planCheckAnswer, startedAnswer, submissionRequest } from './documents/submission.ts';
import { uploadAnswer, uploadRequest } from './documents/uploads.ts';
import { openApiDocument, openApiShape } from './open-api-document.ts';
import { idempotencyHeaders } from './parameters.ts';
import { type Route, route } from './route.ts';
import { scheduleRoutes } from './schedule-routes.ts';
import { requireNothingInTheWay, submittedPlan } from './submitted-plan.ts';

/** The routes that take plans: they compile them, and one of them starts runs. */
export const submitRoutes: readonly Route<SubmitPorts>[] = [
  route(
    {
      method: 'POST',
      path: '/runs',
      operationId: 'startRun',
      summary:
        'Starts a run of a plan. Send an Idempotency-Key, so that sending it again starts nothing new.',
      function: 'submit',
      answers: { 200: startedAnswer, 201: startedAnswer },
      problems: ['plan-invalid', 'preflight-failed', 'idempotency-conflict', 'conflict'],
    },
    { headers: idempotencyHeaders, body: submissionRequest },
    async (ports: SubmitPorts, { headers, body }) => {
      const request = await submittedPlan(ports, body);
      const key = headers['idempotency-key'];
      // Apart from the keys that schedules are started with.
      const options = key === undefined ? {} : { idempotencyKey: `request/${key}` };
      // What stands in the way of a second run, such as the quota that the first one uses, is no matter for a repetition.
      const isRepeated = key !== undefined && (await isKeyUsed(ports.store, `request/${key}`));
      if (!isRepeated) await requireNothingInTheWay(ports, request);
      const started = await ports.runs.start(request, options);
      const location = { location: `/runs/${started.runId}` };
      return { status: started.created ? 201 : 200, document: started, headers: location };
    },
  ),
  route(
    {
      method: 'POST',
      path: '/plans/check',
      operationId: 'checkPlan',
      summary: 'What a run of the plan would take, and what stands in its way. Starts nothing.',
      function: 'submit',
      answers: { 200: planCheckAnswer },
      problems: ['plan-invalid'],
    },
    { body: submissionRequest },
    async (ports: SubmitPorts, { body }) => {
      const checked = await ports.runs.check(await submittedPlan(ports, body));
      if (checked.kind === 'refused')
        throw new PlanRefusedError('The plan is refused; see problems.', checked.problems);
      return { status: 200, document: { plan: checked.plan, preflight: checked.preflight } };
    },
  ),
  route(
    {
      method: 'POST',
      path: '/uploads',
      operationId: 'createUpload',
      summary: 'Where to send the content of a file of a plan, unless it is there already.',
      function: 'submit',
      answers: { 200: uploadAnswer },
      problems: [],
    },
    { body: uploadRequest },
    async ({ store, uploads }: SubmitPorts, { body: { sha256, bytes } }) => {
      const upload = `uploads/${sha256}`;
      // A listing, because it doesn't read what may be a hundred megabytes.
      for await (const key of store.list(upload))
        if (key === upload) return { status: 200, document: { upload, present: true } };
      const ticket = await uploads.issue({ key: upload, bytes, sha256 });
      return { status: 200, document: { upload, present: false, ticket } };
    },
  ),
  // Here, because the document takes an eighth of the room that the other function's bundle has.
  route(
    {
      method: 'GET',
      path: '/openapi.json',
      operationId: 'readOpenApi',
      summary: 'This API, described as OpenAPI 3.1.',
      function: 'submit',
      answers: { 200: openApiShape },
      problems: [],
    },
    {},
    async () => ({ status: 200, document: openApiDocument }),
  ),
  ...scheduleRoutes,
];

import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { apiHandler } from '../../functions/api-handler.ts';
import { drainRoutes } from '../../src/api/drain-routes.ts';
import { logsRoutes } from '../../src/api/logs-routes.ts';
import { readRoutes } from '../../src/api/read-routes.ts';
import { routes } from '../../src/api/routes.ts';
import { scalingRoutes } from '../../src/api/scaling-routes.ts';
import { submitRoutes } from '../../src/api/submit-routes.ts';
import { recordingDrains, recordingRuns, runId } from '../api/builders.ts';
import { aScalingApi, aStanding } from '../cli/scaling-builders.ts';

const anEvent = (
  method: string,
  path: string,
  overrides: Partial<APIGatewayProxyEventV2> = {},
): APIGatewayProxyEventV2 =>
  ({
    version: '2.0',
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json' },
    isBase64Encoded: false,
    requestContext: { http: { method, path } },
    ...overrides,
  }) as APIGatewayProxyEventV2;

const invoke = async (event: APIGatewayProxyEventV2, runs = recordingRuns()) => {
  const handler = apiHandler(readRoutes, () => ({ runs }));
  const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 1000 } as Context;
  const result = (await handler(event, context)) as APIGatewayProxyStructuredResultV2;
  return { ...result, document: JSON.parse(result.body ?? 'null') as unknown };
};

describe('the function of the API', () => {
  it('reads the path, the query and the body of an event of the gateway', async () => {
    const asked: unknown[] = [];
    const runs = recordingRuns({
      async timeline(...given) {
        asked.push(given);
        return { rows: [], nextSecond: 7, complete: false };
      },
      async scale(...given) {
        asked.push(given);
      },
    });
    const query = { queryStringParameters: { after: '7' } };
    expect(await invoke(anEvent('GET', `/runs/${runId}/timeline`, query), runs)).toMatchObject({
      statusCode: 200,
      document: { nextSecond: 7 },
    });
    const body = { body: Buffer.from('{"workers":3}').toString('base64'), isBase64Encoded: true };
    expect(await invoke(anEvent('PATCH', `/runs/${runId}`, body), runs)).toMatchObject({ statusCode: 202 });
    expect(asked).toEqual([
      [runId, 7],
      [runId, { workers: 3 }],
    ]);
  });

  it('answers with problems', async () => {
    expect(await invoke(anEvent('GET', '/nothing'))).toMatchObject({
      statusCode: 404,
      headers: { 'content-type': 'application/problem+json' },
      document: { code: 'route-not-found' },
    });
    expect(await invoke(anEvent('DELETE', '/runs'))).toMatchObject({
      statusCode: 405,
      headers: { allow: 'GET' },
    });
    expect(await invoke(anEvent('PATCH', `/runs/${runId}`, { body: '{' }))).toMatchObject({
      document: { code: 'malformed-json' },
    });
  });

  it('knows by whom a request was signed', async () => {
    const drains = recordingDrains();
    const handler = apiHandler(drainRoutes, () => ({ drains }));
    const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 1000 } as Context;
    const event = anEvent('POST', '/drains', { body: '{"instanceId":"i-0b662ef9931388ba0"}' });
    const userArn = 'arn:aws:sts::111122223333:assumed-role/operator/ada';
    Object.assign(event.requestContext, { authorizer: { iam: { userArn } } });
    expect(await handler(event, context)).toMatchObject({ statusCode: 202 });
    expect(drains.asked).toEqual([
      { instanceId: 'i-0b662ef9931388ba0', deadlineSeconds: null, requestedBy: userArn },
    ]);
  });

  it('knows who applied a policy and who paused it', async () => {
    const askers: string[] = [];
    const scaling = aScalingApi({
      async apply({ requestedBy }) {
        askers.push(requestedBy);
        return { standing: aStanding(), changed: true, warnings: [] };
      },
      async pause(_, { requestedBy }) {
        askers.push(requestedBy);
        return aStanding();
      },
      async resume(_, requestedBy) {
        askers.push(requestedBy);
        return aStanding();
      },
    });
    const handler = apiHandler(scalingRoutes, () => ({ scaling }));
    const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 1000 } as Context;
    const userArn = 'arn:aws:sts::111122223333:assumed-role/operator/ada';
    for (const event of [
      anEvent('PUT', '/scaling/policies', { body: '{"text":"version: 1"}' }),
      anEvent('POST', '/scaling/policies/shop/pause'),
      anEvent('POST', '/scaling/policies/shop/resume'),
    ]) {
      Object.assign(event.requestContext, { authorizer: { iam: { userArn } } });
      expect(await handler(event, context)).toMatchObject({ statusCode: 200 });
    }
    expect(askers).toEqual([userArn, userArn, userArn]);
  });

  it('serves each route where the table says', () => {
    expect(readRoutes.every((route) => route.function === 'read')).toBe(true);
    expect(submitRoutes.every((route) => route.function === 'submit')).toBe(true);
    expect(drainRoutes.every((route) => route.function === 'drain')).toBe(true);
    expect(scalingRoutes.every((route) => route.function === 'scaling')).toBe(true);
    expect(logsRoutes.every((route) => route.function === 'logs')).toBe(true);
    const all = [readRoutes, submitRoutes, drainRoutes, scalingRoutes, logsRoutes];
    expect(routes).toHaveLength(all.flat().length);
  });
});

import middy from '@middy/core';
import httpRouter from '@middy/http-router';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { answerRequest, unknownRoute } from '../src/api/answer-request.ts';
import type { ApiResponse } from '../src/api/api-message.ts';
import type { Route } from '../src/api/route.ts';
import { gatewayRequest } from './gateway-request.ts';

const gatewayResult = ({ status, headers, body }: ApiResponse): APIGatewayProxyStructuredResultV2 => ({
  statusCode: status,
  headers: { ...headers },
  body,
});

/** A line of JSON for what the client is not told. */
const reportFailure = (requestId: string) => (error: unknown, operationId: string) => {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  console.error(JSON.stringify({ level: 'error', requestId, operationId, error: name, message, stack }));
};

type Result = APIGatewayProxyStructuredResultV2;

/** The Lambda of some of the routes, behind API Gateway's HTTP API (payload 2.0). */
export const apiHandler = <Ports>(routes: readonly Route<Ports>[], platform: () => Ports) =>
  middy<APIGatewayProxyEventV2, Result>().handler(
    httpRouter<APIGatewayProxyEventV2, Result>({
      routes: routes.map((route) => ({
        method: route.method,
        path: route.path,
        handler: async (event: APIGatewayProxyEventV2, { awsRequestId }: Context): Promise<Result> => {
          const report = reportFailure(awsRequestId);
          return gatewayResult(await answerRequest(route, platform, gatewayRequest(event), report));
        },
      })),
      notFoundResponse: ({ method, path }) => gatewayResult(unknownRoute(routes, method, path)),
    }),
  );

import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { ApiRequest } from '../src/api/api-message.ts';

const given = (values: Readonly<Record<string, string | undefined>> | undefined): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );

/** An event of API Gateway's HTTP API, payload 2.0, as routes see it; the gateway has put names of headers in lower case. */
export const gatewayRequest = (event: APIGatewayProxyEventV2): ApiRequest => ({
  method: event.requestContext.http.method,
  path: given(event.pathParameters),
  query: given(event.queryStringParameters),
  headers: event.headers,
  body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
});

import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { ApiRequest } from '../src/api/api-message.ts';

const given = (values: Readonly<Record<string, string | undefined>> | undefined): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );

/** Beside the authorizer that the routes have, which the event's own type leaves out. */
const callerOf = (requestContext: unknown): string | undefined => {
  const { authorizer } = requestContext as {
    readonly authorizer?: { readonly iam?: { readonly userArn?: unknown } };
  };
  const arn = authorizer?.iam?.userArn;
  return typeof arn === 'string' ? arn : undefined;
};

/** An event of API Gateway's HTTP API, payload 2.0, as routes see it; the gateway has put names of headers in lower case. */
export const gatewayRequest = (event: APIGatewayProxyEventV2): ApiRequest => {
  const caller = callerOf(event.requestContext);
  return {
    method: event.requestContext.http.method,
    path: given(event.pathParameters),
    query: given(event.queryStringParameters),
    headers: event.headers,
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    ...(caller === undefined ? {} : { caller }),
  };
};

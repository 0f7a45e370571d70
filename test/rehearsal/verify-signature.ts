import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

export interface SignedRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  /** Lowercase names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface SignatureScope {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly service: string;
}

const authorizationShape =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/[^,]+, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

/** AWS refuses signatures that are older, or further in the future. */
const mostSkewMillis = 5 * 60_000;

/** Whether a request carries the Signature Version 4 of these credentials over all that it says it signs. */
export const verifySignature = async (
  request: SignedRequest,
  scope: SignatureScope,
  nowMillis: number,
): Promise<boolean> => {
  const { headers } = request;
  const [, accessKeyId, signedHeaders] = authorizationShape.exec(headers.authorization ?? '') ?? [];
  const signedAt = parseAmzDate(headers['x-amz-date']);
  if (accessKeyId !== scope.accessKeyId || signedHeaders === undefined || signedAt === undefined)
    return false;
  if (Math.abs(nowMillis - signedAt.getTime()) > mostSkewMillis) return false;
  const names = signedHeaders.split(';');
  if (!names.includes('host')) return false;

  const url = new URL(request.target, `http://${headers.host}`);
  const signer = new SignatureV4({
    credentials: scope,
    region: scope.region,
    service: scope.service,
    sha256: Sha256,
    applyChecksum: names.includes('x-amz-content-sha256'),
  });
  // The digest is computed from the body that came, never taken from the header.
  const given = names.filter((name) => name !== 'x-amz-content-sha256' && name !== 'x-amz-date');
  const expected = await signer.sign(
    {
      method: request.method,
      protocol: 'http:',
      hostname: url.hostname,
      path: url.pathname,
      query: queryOf(url),
      headers: Object.fromEntries(given.map((name) => [name, headers[name] ?? ''])),
      body: request.body,
    },
    { signingDate: signedAt, signableHeaders: new Set(names) },
  );
  return expected.headers.authorization === normalised(headers.authorization ?? '');
};

const normalised = (authorization: string): string => authorization.replace(/, ?/g, ', ');

const queryOf = (url: URL): Record<string, string[]> => {
  const query: Record<string, string[]> = {};
  for (const [name, value] of url.searchParams) query[name] = [...(query[name] ?? []), value];
  return query;
};

/** `20261121T093000Z`. */
const parseAmzDate = (text: string | undefined): Date | undefined => {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '');
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
};

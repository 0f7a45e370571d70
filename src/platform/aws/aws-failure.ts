import { inspect } from 'node:util';

/** Why an AWS call failed, as far as the caller must know. */
export interface AwsFailure {
  /**
   * `passing`: the service or the way to it, which may pass; `refused`: AWS answered, and will answer the same again
   * (a missing right, a missing resource, a wrong request).
   */
  readonly kind: 'passing' | 'refused';
  /** AWS's name of the error, or Node's code: `AccessDenied`, `ECONNRESET`. */
  readonly name: string;
  /** HTTP status; undefined when no answer came. */
  readonly status: number | undefined;
  /** Tries that the SDK has made; at least 1. */
  readonly attempts: number;
  /** For messages: name, text, request id where there is one. */
  readonly text: string;
}

/** Answers below 500 that a later call may not get: throttling by whatever name, conflicts with a call under way, an old clock or token. */
const passingNames: ReadonlySet<string> = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'SlowDown',
  'RequestTimeout',
  'RequestTimeoutException',
  'ConditionalRequestConflict',
  'OperationAborted',
  'ConcurrentModificationException',
  'ExecutionLimitExceeded',
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
  'RequestTimeTooSkewed',
]);

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** An error without a status never reached the service or got no whole answer back: it may pass. Credentials that can't be found don't. */
export const classifyAwsFailure = (error: unknown): AwsFailure => {
  const metadata = fieldOf(error, '$metadata');
  const status = numberOf(fieldOf(metadata, 'httpStatusCode'));
  const given = fieldOf(error, 'name');
  const code = fieldOf(error, 'code');
  const named = typeof given === 'string' && given !== 'Error' ? given : 'Error';
  const name = named === 'Error' && typeof code === 'string' ? code : named;
  const requestId = fieldOf(metadata, 'requestId');
  const message = error instanceof Error ? error.message : inspect(error);
  return {
    kind: mayPass(name, status) ? 'passing' : 'refused',
    name,
    status,
    attempts: numberOf(fieldOf(metadata, 'attempts')) ?? 1,
    text: [
      message.startsWith(name) ? message : `${name}: ${message}`,
      typeof requestId === 'string' ? ` (request ${requestId})` : '',
    ].join(''),
  };
};

const mayPass = (name: string, status: number | undefined): boolean => {
  if (passingNames.has(name)) return true;
  if (status === undefined) return name !== 'CredentialsProviderError' && name !== 'TypeError';
  return status === 429 || status >= 500;
};

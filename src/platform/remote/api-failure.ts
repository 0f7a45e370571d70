import { problemDocument } from '../../api/documents/problem.ts';
import {
  BadInputError,
  DrainAlreadyEndedError,
  DrainNotFoundError,
  IdempotencyConflictError,
  LogTableNotFoundError,
  NotAllowedError,
  PlanRefusedError,
  PolicyNotFoundError,
  PolicyRefusedError,
  QueryInvalidError,
  QueryNotFoundError,
  RunAlreadyEndedError,
  RunNotFoundError,
  RunNotPlannedError,
  ServiceUnavailableError,
  StoreConflictError,
} from '../../errors.ts';
import type { ApiResponse } from './signed-fetch.ts';

/** An answer that is a value to whoever asked; elsewhere, bad input. */
export class ScheduleNotFound extends BadInputError {}

/** AWS refuses signatures that are off by more than five minutes. */
const skewMillis = 5 * 60_000;

/** How far this machine's clock is from the server's, in words; undefined when not far. */
export const describeClockSkew = (serverDate: string | null, nowMillis: number): string | undefined => {
  const server = Date.parse(serverDate ?? '');
  const off = nowMillis - server;
  if (Number.isNaN(server) || Math.abs(off) < skewMillis) return undefined;
  return `this machine's clock is ${Math.round(Math.abs(off) / 60_000)} minutes ${off > 0 ? 'ahead' : 'behind'}, and AWS refuses signatures that are off by more than five: set the clock`;
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The error that an answer other than a success stands for. */
export const apiFailure = (response: ApiResponse, stack: string, nowMillis: number): Error => {
  const parsed = problemDocument.safeParse(jsonOf(response.text));
  if (!parsed.success) return gatewayFailure(response, stack, nowMillis);
  const { code, detail, problems = [], reasons = [], errors = [] } = parsed.data;
  switch (code) {
    case 'plan-invalid':
      return new PlanRefusedError(detail, problems);
    case 'preflight-failed':
      return new PlanRefusedError(
        [detail, ...reasons.filter((reason) => !detail.includes(reason))].join('\n'),
      );
    case 'run-not-found':
      return new RunNotFoundError(`the stack ${stack} has no such run: ${detail}`);
    case 'run-already-ended':
      return new RunAlreadyEndedError(detail);
    case 'run-not-planned':
      return new RunNotPlannedError(detail);
    case 'drain-not-found':
      return new DrainNotFoundError(`the stack ${stack} has no such drain: ${detail}`);
    case 'drain-already-ended':
      return new DrainAlreadyEndedError(detail);
    case 'policy-refused':
      return new PolicyRefusedError(detail, problems);
    case 'policy-not-found':
      return new PolicyNotFoundError(`the stack ${stack}: ${detail}`);
    case 'query-invalid':
      return new QueryInvalidError(detail);
    case 'query-not-found':
      return new QueryNotFoundError(`the stack ${stack}: ${detail}`);
    case 'log-table-not-found':
      return new LogTableNotFoundError(`the stack ${stack}: ${detail}`);
    case 'schedule-not-found':
      return new ScheduleNotFound(detail);
    case 'idempotency-conflict':
      return new IdempotencyConflictError(detail);
    case 'conflict':
      return new StoreConflictError(detail);
    case 'not-allowed':
      return new NotAllowedError(detail);
    case 'route-not-found':
    case 'method-not-allowed':
      return new BadInputError(
        `the stack ${stack} does not know what it was asked (${detail}): it was deployed from another version; deploy it again`,
      );
  }
  if (response.status === 429 || (response.status >= 500 && response.status !== 501))
    return new ServiceUnavailableError(`the stack ${stack} can't answer now: ${detail}`);
  const places = errors.map(({ at, expected }) => `${at}: expected ${expected}`);
  return new BadInputError([detail, ...places.filter((place) => !detail.includes(place))].join('\n'));
};

/** API Gateway answers by itself, before any function, with `{ "message": … }`. */
const gatewayFailure = (response: ApiResponse, stack: string, nowMillis: number): Error => {
  const json = jsonOf(response.text);
  const said =
    typeof json === 'object' && json !== null && 'message' in json && typeof json.message === 'string'
      ? `: ${json.message}`
      : '';
  const { status } = response;
  if (status === 401 || status === 403) {
    const why =
      describeClockSkew(response.headers.get('date'), nowMillis) ??
      'these AWS credentials need execute-api:Invoke on its API: check AWS_PROFILE, and that the session has not expired';
    return new NotAllowedError(
      `the stack ${stack} does not let these credentials in (HTTP ${status}${said}); ${why}`,
    );
  }
  if (status === 429 || status >= 500)
    return new ServiceUnavailableError(`the stack ${stack} can't answer now (HTTP ${status}${said})`);
  return new BadInputError(
    `the stack ${stack} gave an answer that this version can't read (HTTP ${status}${said}): deploy it from the version that you use`,
  );
};

/** Why there was no answer, in words. */
export const describeNoAnswer = (error: unknown, host: string): string => {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `${host} did not answer in time`;
  const cause = error.cause instanceof Error ? error.cause : error;
  switch ((cause as NodeJS.ErrnoException).code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the name ${host} can't be resolved: is there a network, and does the stack still exist?`;
    case 'ECONNREFUSED':
      return `${host} refuses connections`;
    default:
      return `the connection to ${host} failed (${cause.message})`;
  }
};

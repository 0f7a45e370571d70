import { QueryInvalidError, SqlRefusedError, SqlUnavailableError } from '../../errors.ts';
import { classifyAwsFailure } from './aws-failure.ts';

const adviceByName: Readonly<Record<string, string>> = {
  AccessDeniedException: 'Give the role this action on the work group.',
  InvalidRequestException: 'Check that the work group exists, is enabled, and has a place for results.',
  CredentialsProviderError: 'No AWS credentials were found in the environment.',
};

/** What Athena answers to the text of a query, before it is one. */
const aboutTheText =
  /^(line \d+:\d+|Queries of this type|Only one sql statement|mismatched input|SYNTAX_ERROR)/i;

/** `SqlUnavailable` for what may pass, `SqlRefused` for what will not. `action` completes "could not …": `start a query`. */
export const describeAthenaFailure = (
  action: string,
  workGroup: string,
  cause: unknown,
): SqlUnavailableError | SqlRefusedError => {
  const failure = classifyAwsFailure(cause);
  const what = `Could not ${action} in Athena's work group ${workGroup}`;
  if (failure.kind === 'passing')
    return new SqlUnavailableError(
      `${what}, tried ${failure.attempts} times: ${failure.text}. Try again in a moment.`,
      { cause },
    );
  const advice = adviceByName[failure.name] ?? 'Trying again will not help.';
  return new SqlRefusedError(`${what}: Athena refuses it (${failure.text}). ${advice}`, { cause });
};

/** Undefined when it isn't the text of the query that is refused. */
export const parseRefusedText = (cause: unknown): QueryInvalidError | undefined => {
  if (!isInvalidRequest(cause)) return undefined;
  const code = 'AthenaErrorCode' in cause ? cause.AthenaErrorCode : undefined;
  return code === 'MALFORMED_QUERY' || aboutTheText.test(cause.message)
    ? new QueryInvalidError(`Athena does not understand the query: ${cause.message}`, { cause })
    : undefined;
};

/** Of a call that names nothing but a query: there is none of that id, or it isn't in a state for the call. */
export const isInvalidRequest = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'InvalidRequestException';

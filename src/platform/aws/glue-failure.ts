import { CatalogRefusedError, CatalogUnavailableError } from '../../errors.ts';
import type { PartitionFailure } from '../ports/log-catalog.ts';
import { type AwsFailure, classifyAwsFailure } from './aws-failure.ts';

/** Names of Glue's errors that may pass, beside those of all services: in whole answers below 500, and in items of `Errors[]`. */
const passing =
  /^(InternalServiceException|OperationTimeoutException|ResourceNotReadyException|ConcurrentModificationException|(Throttl|TooManyRequests|RequestLimitExceeded|FederationSourceRetryable)\w*)$/;

const adviceByName: Readonly<Record<string, string>> = {
  AccessDeniedException:
    'Give the role this action on the catalog, the database and its tables; where Lake Formation governs the database, grant it there, too.',
  EntityNotFoundException:
    'Deploy the stack, or correct the name of the database; a table that is gone is made by the next update of the catalog.',
  ResourceNumberLimitExceededException: "Raise the account's quota of Glue.",
  CredentialsProviderError: 'No AWS credentials were found in the environment.',
};

/** `CatalogUnavailable` for what may pass, `CatalogRefused` for what will not. `action` completes "could not …": `list the tables`. */
export const describeGlueFailure = (
  action: string,
  database: string,
  cause: unknown,
): CatalogUnavailableError | CatalogRefusedError => {
  const failure = classifyAwsFailure(cause);
  const what = `Could not ${action} in Glue database ${database}`;
  if (failure.kind === 'passing' || passing.test(failure.name))
    return new CatalogUnavailableError(
      `${what}, tried ${failure.attempts} times: ${failure.text}. Try again in a moment.`,
      { cause },
    );
  const advice = adviceByName[failure.name] ?? 'Trying again will not help.';
  return new CatalogRefusedError(`${what}: Glue refuses it (${failure.text}). ${advice}`, { cause });
};

/** A table or partition isn't there. The same name of error says that the database isn't: that is no such answer. */
export const isMissingEntity = ({ name, text }: AwsFailure): boolean =>
  name === 'EntityNotFoundException' && !/^(EntityNotFoundException: )?Database\b/.test(text);

/** An item of `Errors[]`, which comes with status 200. */
export const classifyPartitionError = (code: string | undefined): PartitionFailure['cause'] => {
  if (code === 'AlreadyExistsException') return 'exists';
  if (code === 'EntityNotFoundException') return 'missing';
  return code !== undefined && passing.test(code) ? 'passing' : 'refused';
};

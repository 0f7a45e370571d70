import { NotAllowedError } from '../../errors.ts';

/** Names of errors that say that there are no credentials, or that they are not, or no longer, good. */
const names = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'RequestExpired',
]);

export const isCredentialsError = (error: Error): boolean => names.has(error.name);

export const noCredentials = (cause: Error): NotAllowedError =>
  new NotAllowedError(
    `no usable AWS credentials (${cause.message}): sign in, for example with "aws sso login", and choose the account with AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`,
    { cause },
  );

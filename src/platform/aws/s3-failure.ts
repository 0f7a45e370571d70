import { PlatformRefusedError, StoreUnavailableError } from '../../errors.ts';
import { classifyAwsFailure } from './aws-failure.ts';

const adviceByName: Readonly<Record<string, string>> = {
  AccessDenied:
    'Give the role this action on this key, and s3:ListBucket on the bucket: without that, S3 calls a missing object a denied one.',
  NoSuchBucket: 'Deploy the stack, or correct STORMDRAIN_BUCKET.',
  PermanentRedirect: 'The bucket is in another region than AWS_REGION says.',
  CredentialsProviderError: 'No AWS credentials were found in the environment.',
};

/** `StoreUnavailable` for what may pass, `PlatformRefused` for what will not. `action` completes "could not …": `read a/b`. */
export const describeStoreFailure = (
  action: string,
  bucket: string,
  error: unknown,
): StoreUnavailableError | PlatformRefusedError => {
  const failure = classifyAwsFailure(error);
  if (failure.kind === 'passing') {
    const tries = failure.attempts === 1 ? 'once' : `${failure.attempts} times`;
    return new StoreUnavailableError(
      `Could not ${action} in S3 bucket ${bucket}, tried ${tries}: ${failure.text}. This may pass: try again in a moment.`,
      { cause: error },
    );
  }
  const advice = adviceByName[failure.name] ?? 'Trying again will not help.';
  return new PlatformRefusedError(
    `Could not ${action} in S3 bucket ${bucket}: S3 refuses it (${failure.text}). ${advice}`,
    { cause: error },
  );
};

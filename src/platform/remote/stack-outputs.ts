import { type CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { BadInputError, NotAllowedError, ServiceUnavailableError } from '../../errors.ts';
import { isCredentialsError, noCredentials } from './credentials-error.ts';

/** What the command line needs to know of a deployed stack. */
export interface StackOutputs {
  /** Without a slash at the end. */
  readonly apiUrl: string;
  readonly bucketName: string;
  readonly region: string;
}

/**
 * Whether a stack in this state answers: while one is updated, the functions of before and after do. One that was
 * never created whole, or is being removed, does not.
 */
export const classifyStackStatus = (status: string): 'usable' | 'not yet' | 'broken' => {
  if (status === 'CREATE_COMPLETE' || /^(UPDATE|IMPORT)_/.test(status)) return 'usable';
  return status === 'CREATE_IN_PROGRESS' || status === 'REVIEW_IN_PROGRESS' ? 'not yet' : 'broken';
};

/**
 * Reads a stack's outputs. Throws `BadInput` when there is no such stack or it is none of ours, `ServiceUnavailable`
 * while it is created or when CloudFormation does not answer, `NotAllowed`.
 */
export const readStackOutputs = async (client: CloudFormationClient, name: string): Promise<StackOutputs> => {
  const region = await regionOf(client);
  const stack = await describeStack(client, name, region);
  const status = stack?.StackStatus ?? 'DELETE_COMPLETE';
  if (stack === undefined || status === 'DELETE_COMPLETE') throw noSuchStack(name, region);
  switch (classifyStackStatus(status)) {
    case 'not yet':
      throw new ServiceUnavailableError(
        `the stack ${name} is not ready yet (${status}): wait for its deployment to end`,
      );
    case 'broken':
      throw new BadInputError(`the stack ${name} in ${region} can't be used (${status}): deploy it again`);
    case 'usable':
      return outputsOf(stack, name, region);
  }
};

const outputsOf = (stack: Stack, name: string, region: string): StackOutputs => {
  const output = (key: string): string => {
    const value = stack.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
    if (value !== undefined && value !== '') return value;
    throw new BadInputError(
      `the stack ${name} in ${region} has no output ${key}: it was not deployed from stormdrain's serverless.yml`,
    );
  };
  const apiUrl = output('ApiUrl');
  if (!URL.canParse(apiUrl))
    throw new BadInputError(`the output ApiUrl of the stack ${name} is no URL: ${apiUrl}`);
  return { apiUrl: apiUrl.replace(/\/+$/, ''), bucketName: output('BucketName'), region };
};

const regionOf = async (client: CloudFormationClient): Promise<string> => {
  try {
    return await client.config.region();
  } catch (cause) {
    throw new BadInputError(
      'no AWS region is set: give --region, or set AWS_REGION or the region of your AWS profile',
      { cause },
    );
  }
};

const noSuchStack = (name: string, region: string): BadInputError =>
  new BadInputError(
    `there is no stack ${name} in ${region} in the account of these AWS credentials: check --stack, --region and AWS_PROFILE`,
  );

const describeStack = async (
  client: CloudFormationClient,
  name: string,
  region: string,
): Promise<Stack | undefined> => {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return Stacks?.[0];
  } catch (error) {
    throw describeFailure(error, name, region);
  }
};

const describeFailure = (error: unknown, name: string, region: string): Error => {
  if (!(error instanceof Error)) return new ServiceUnavailableError(String(error));
  if (isCredentialsError(error)) return noCredentials(error);
  // CloudFormation has no error of its own for it.
  if (error.name === 'ValidationError' && /does not exist/.test(error.message))
    return noSuchStack(name, region);
  if (error.name === 'ValidationError')
    return new BadInputError(`"${name}" can't be the name of a stack: ${error.message}`, { cause: error });
  if (/AccessDenied|NotAuthorized/.test(error.name))
    return new NotAllowedError(
      `these AWS credentials may not read the stack ${name}: they need cloudformation:DescribeStacks (${error.message})`,
      { cause: error },
    );
  return new ServiceUnavailableError(
    `CloudFormation in ${region} could not be asked for the stack ${name}: ${error.message}`,
    { cause: error },
  );
};

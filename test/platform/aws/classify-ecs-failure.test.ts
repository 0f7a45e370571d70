import { describe, expect, it } from 'vitest';
import { classifyEcsError, classifyRunTaskFailure } from '../../../src/platform/aws/classify-ecs-failure.ts';
import { awsError } from './support/simulated-ecs.ts';

describe('what RunTask says of a task that it did not start', () => {
  it.each([
    [
      'Capacity is unavailable at this time. Please try again later or in a different availability zone',
      'capacity',
    ],
    ['RESOURCE:ENI', 'capacity'],
    ['RESOURCE:MEMORY', 'capacity'],
    ['You’ve reached the limit on the number of vCPUs you can run concurrently', 'limit'],
    ["You've reached the limit on the number of tasks you can run concurrently", 'limit'],
    ['Unexpected EC2 error: InsufficientFreeAddressesInSubnet', 'limit'],
    ['Rate exceeded', 'throttled'],
    ['ThrottlingException: Rate exceeded', 'throttled'],
    ['The requested CPU configuration is above your limit', 'request'],
    ['MISSING', 'request'],
    ['INACTIVE', 'request'],
    ['ATTRIBUTE', 'request'],
    ['something that nobody has seen before', 'limit'],
  ] as const)('%s: %s', (reason, kind) => {
    expect(classifyRunTaskFailure({ reason })).toEqual({ kind, reason });
  });

  it('is told with its detail, and in words when there are none', () => {
    expect(classifyRunTaskFailure({ reason: 'RESOURCE:CPU', detail: 'in us-east-1a' }).reason).toBe(
      'RESOURCE:CPU: in us-east-1a',
    );
    expect(classifyRunTaskFailure({})).toMatchObject({ kind: 'limit', reason: expect.stringMatching(/./) });
  });
});

describe('an ECS call that failed', () => {
  const answered = (httpStatusCode: number) => ({ $metadata: { httpStatusCode } });

  it.each([
    ['ThrottlingException', 'Rate exceeded', 400, 'throttled'],
    // EC2's throttling in ECS's wrapping.
    [
      'InvalidParameterException',
      'Error retrieving subnet information for [subnet-1]: Rate exceeded (ErrorCode: Throttling)',
      400,
      'throttled',
    ],
    ['ServerException', 'Service Unavailable. Please try again later.', 500, 'unavailable'],
    ['ServerException', 'Service Unavailable. Please try again later.', 400, 'unavailable'],
    ['ExpiredTokenException', 'The security token included in the request is expired', 400, 'unavailable'],
    ['ClientException', 'Capacity is unavailable at this time.', 400, 'capacity'],
    [
      'ClientException',
      'You’ve reached the limit on the number of tasks you can run concurrently',
      400,
      'limit',
    ],
    ['InvalidParameterException', 'The referenced task was not found.', 400, 'missing'],
    ['InvalidParameterException', 'The image id is invalid.', 400, 'request'],
    ['InvalidParameterException', 'The subnet ID "subnet-1" does not exist', 400, 'request'],
    ['ClusterNotFoundException', 'Cluster not found.', 400, 'request'],
    ['ClientException', 'ECS was unable to assume the role', 400, 'request'],
    ['ClientException', 'TaskDefinition is inactive', 400, 'request'],
    ['AccessDeniedException', 'not authorized to perform: ecs:RunTask', 400, 'request'],
    ['BlockedException', 'Your account is currently blocked.', 400, 'request'],
    ['PlatformUnknownException', 'The platform version does not exist.', 400, 'request'],
    ['UnsupportedFeatureException', 'not in this region', 400, 'request'],
  ] as const)('%s: %s (%i): %s', (name, message, status, kind) => {
    expect(classifyEcsError(awsError(name, message, answered(status)))).toMatchObject({
      kind,
      reason: expect.stringContaining(message),
    });
  });

  it('may pass when there was no answer at all', () => {
    const noAnswer = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    expect(classifyEcsError(noAnswer).kind).toBe('unavailable');
    expect(classifyEcsError(Object.assign(new Error('late'), { name: 'TimeoutError' })).kind).toBe(
      'unavailable',
    );
  });

  it('names the tasks that a used client token has started', () => {
    const error = awsError('ConflictException', 'in use', { resourceIds: ['arn:a', 'arn:b'] });
    expect(classifyEcsError(error)).toMatchObject({ kind: 'conflict', taskArns: ['arn:a', 'arn:b'] });
  });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { afterEach, describe, expect, it } from 'vitest';
import { classifyStackStatus, readStackOutputs } from '../../../src/platform/remote/stack-outputs.ts';
import { described, stackOutputs as ours, output } from './described-stack.ts';

const failed = (code: string, message: string): string =>
  `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A client of a CloudFormation that gives one answer. */
const aClient = async (status: number, body: string, overrides: object = {}) => {
  const server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const client = new CloudFormationClient({
    region: 'eu-test-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
    ...overrides,
  });
  closing.push(async () => {
    client.destroy();
    await new Promise<void>((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
  });
  return client;
};

describe('the outputs of a stack', () => {
  it('say where its API and its bucket are', async () => {
    const client = await aClient(200, described('UPDATE_COMPLETE'));
    expect(await readStackOutputs(client, 'load')).toEqual({
      apiUrl: 'https://api.test',
      bucketName: 'load-bucket',
      region: 'eu-test-1',
    });
  });

  it.each([
    [
      400,
      failed('ValidationError', 'Stack with id load does not exist'),
      'BadInput',
      'no stack load in eu-test-1',
    ],
    [200, described('DELETE_COMPLETE'), 'BadInput', 'no stack load in eu-test-1'],
    [
      400,
      failed('ValidationError', '1 validation error: stackName'),
      'BadInput',
      "can't be the name of a stack",
    ],
    [200, described('CREATE_IN_PROGRESS', []), 'ServiceUnavailable', 'not ready yet'],
    [200, described('ROLLBACK_COMPLETE', []), 'BadInput', 'deploy it again'],
    [200, described('CREATE_COMPLETE', []), 'BadInput', 'has no output ApiUrl'],
    [200, described('CREATE_COMPLETE', ours.slice(0, 1)), 'BadInput', 'has no output BucketName'],
    [200, described('CREATE_COMPLETE', [output('ApiUrl', 'here')]), 'BadInput', 'is no URL: here'],
    [403, failed('AccessDenied', 'not authorized'), 'NotAllowed', 'cloudformation:DescribeStacks'],
    [403, failed('ExpiredToken', 'The token has expired'), 'NotAllowed', 'aws sso login'],
    [500, failed('InternalFailure', 'an oddity'), 'ServiceUnavailable', 'an oddity'],
  ])('answer %i %# as an error that says what to do', async (status, body, name, message) => {
    const client = await aClient(status, body);
    await expect(readStackOutputs(client, 'load')).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
  });

  it('need a region and credentials', async () => {
    const noRegion = await aClient(200, described('CREATE_COMPLETE'), {
      region: () => Promise.reject(new Error('Region is missing')),
    });
    await expect(readStackOutputs(noRegion, 'load')).rejects.toMatchObject({
      name: 'BadInput',
      message: expect.stringContaining('--region'),
    });
    const noCredentials = await aClient(200, described('CREATE_COMPLETE'), {
      credentials: () =>
        Promise.reject(Object.assign(new Error('none found'), { name: 'CredentialsProviderError' })),
    });
    await expect(readStackOutputs(noCredentials, 'load')).rejects.toMatchObject({
      name: 'NotAllowed',
      message: expect.stringContaining('AWS_PROFILE'),
    });
  });
});

describe('the state of a stack', () => {
  it.each([
    ['CREATE_COMPLETE', 'usable'],
    ['UPDATE_IN_PROGRESS', 'usable'],
    ['UPDATE_ROLLBACK_COMPLETE', 'usable'],
    ['IMPORT_COMPLETE', 'usable'],
    ['REVIEW_IN_PROGRESS', 'not yet'],
    ['CREATE_FAILED', 'broken'],
    ['ROLLBACK_IN_PROGRESS', 'broken'],
    ['DELETE_IN_PROGRESS', 'broken'],
    ['DELETE_FAILED', 'broken'],
  ])('%s is %s', (status, expected) => expect(classifyStackStatus(status)).toBe(expected));
});

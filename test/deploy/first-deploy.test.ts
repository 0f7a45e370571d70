import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { packagedTemplate } from './packaged-template.ts';

const stackId = 'arn:aws:cloudformation:us-east-1:111122223333:stack/stormdrain-dev/1';
const created = `<StackId>${stackId}</StackId><StackName>stormdrain-dev</StackName><CreationTime>2026-11-21T09:30:00Z</CreationTime>`;
const event = `<member>${created}<EventId>e1</EventId><Timestamp>2026-11-21T09:30:00Z</Timestamp><LogicalResourceId>stormdrain-dev</LogicalResourceId>
  <PhysicalResourceId>${stackId}</PhysicalResourceId><ResourceType>AWS::CloudFormation::Stack</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>`;

/** What is answered while a stack is created; what isn't here is refused, as for a stack that isn't there. */
const answers: Readonly<Record<string, string>> = {
  CreateStack: `<StackId>${stackId}</StackId>`,
  DescribeStackEvents: `<StackEvents>${event}</StackEvents>`,
  DescribeStackResource: `<StackResourceDetail><LogicalResourceId>ServerlessDeploymentBucket</LogicalResourceId><PhysicalResourceId>deployments</PhysicalResourceId></StackResourceDetail>`,
  GetCallerIdentity:
    '<Account>111122223333</Account><Arn>arn:aws:iam::111122223333:user/a</Arn><UserId>A</UserId>',
  ValidateTemplate: '',
};

const namesOf = (call: URLSearchParams | undefined): readonly string[] =>
  [...(call ?? [])].filter(([key]) => key.endsWith('.ParameterKey')).map(([, name]) => name);

/** The calls to CloudFormation that a first deploy makes, up to the update that the stub refuses. */
const callsOfFirstDeploy = async (): Promise<ReadonlyMap<string, URLSearchParams>> => {
  const calls = new Map<string, URLSearchParams>();
  const server = createServer(async (request, response) => {
    const form = new URLSearchParams((await text(request)).slice(0, 500_000));
    const action = form.get('Action');
    if (action === null) {
      // An empty bucket, and no function yet.
      response.writeHead(request.url?.includes('/functions/') ? 404 : 200, { connection: 'close' }).end();
      return;
    }
    calls.set(action, form);
    const answer = answers[action];
    response.writeHead(answer === undefined ? 400 : 200, { 'content-type': 'text/xml', connection: 'close' });
    response.end(
      answer === undefined
        ? '<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack with id stormdrain-dev does not exist</Message></Error></ErrorResponse>'
        : `<${action}Response><${action}Result>${answer}</${action}Result></${action}Response>`,
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const home = await mkdtemp(`${tmpdir()}/stormdrain-deploy-`);
  const { port } = server.address() as AddressInfo;
  try {
    await promisify(execFile)(
      process.execPath,
      [resolve('node_modules/.bin/serverless'), 'deploy', '--package', '.serverless'],
      {
        env: {
          PATH: process.env.PATH,
          HOME: home,
          AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
          AWS_ACCESS_KEY_ID: 'AKIDTEST',
          AWS_SECRET_ACCESS_KEY: 'secret',
        },
        timeout: 100_000,
      },
    ).catch(() => undefined);
  } finally {
    server.close();
    await rm(home, { recursive: true, force: true });
  }
  return calls;
};

describe('a first deploy', () => {
  it('creates the stack without parameters, which what is created does not declare, and updates it with all', async () => {
    const calls = await callsOfFirstDeploy();
    const body: unknown = JSON.parse(calls.get('CreateStack')?.get('TemplateBody') ?? '{}');
    expect(body).toHaveProperty('Resources');
    expect(body).not.toHaveProperty('Parameters');
    expect(namesOf(calls.get('CreateStack'))).toEqual([]);
    expect([...namesOf(calls.get('UpdateStack'))].sort()).toEqual(
      Object.keys(packagedTemplate().Parameters).sort(),
    );
  });
});

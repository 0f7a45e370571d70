import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { remoteApp } from '../../../src/cli/remote-app.ts';
import { described, output } from './described-stack.ts';
import { credentials, openStackServer, region } from './stack-server.ts';

const names = [
  'AWS_ENDPOINT_URL',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_PROFILE',
  'AWS_REGION',
] as const;
const before = names.map((name) => [name, process.env[name]] as const);

const closing: (() => Promise<void>)[] = [];
beforeEach(() => {
  for (const name of names) delete process.env[name];
});
afterEach(async () => {
  for (const [name, value] of before)
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  for (const close of closing.splice(0)) await close();
});

describe('a stack by its name', () => {
  it('is found by CloudFormation and spoken to with the credentials of the environment', async () => {
    const api = await openStackServer({ status: 200, body: { runs: [] } });
    const cloudFormation = await openStackServer((response) => {
      const outputs = [output('ApiUrl', `${api.url}/`), output('BucketName', 'load-bucket')];
      response.writeHead(200, { 'content-type': 'text/xml' }).end(described('CREATE_COMPLETE', outputs));
    });
    closing.push(api.close, cloudFormation.close);
    process.env.AWS_ENDPOINT_URL = cloudFormation.url;
    process.env.AWS_ACCESS_KEY_ID = credentials.accessKeyId;
    process.env.AWS_SECRET_ACCESS_KEY = credentials.secretAccessKey;

    const app = await remoteApp({ name: 'load' }, { AWS_DEFAULT_REGION: region });
    expect(app.stack).toMatchObject({ name: 'load', bucketName: 'load-bucket' });
    expect(await app.api.list({ limit: 5 })).toEqual({ runs: [] });
    expect(cloudFormation.received[0]?.body).toContain('StackName=load');
    expect(cloudFormation.received[0]?.headers.authorization).toContain(`/${region}/cloudformation/`);
    expect(api.received).toMatchObject([{ path: '/runs', query: '?limit=5', signed: true }]);
    await app.close();
  });
});

import { connect } from 'node:net';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matchesPattern } from './event-pattern.ts';
import { type FaultProxy, openFaultProxy } from './fault-proxy.ts';
import { FaultPlan, s3InternalError, throttled } from './fault-rules.ts';
import { type Gateway, openGateway } from './gateway.ts';
import { matchRoute } from './gateway-event.ts';
import { type LoopbackServer, listen } from './loopback-server.ts';
import { resolveTemplate, type TemplateContext } from './resolve-template.ts';
import { describeCall } from './service-call.ts';

describe('the signature check of the gateway', () => {
  const scope = {
    accessKeyId: 'AKIATEST',
    secretAccessKey: 'secret',
    region: 'us-east-1',
    service: 'execute-api',
  };
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await openGateway(scope);
    gateway.serve([{ key: 'POST /runs/{id}', functionName: 'submit' }], async (_, event) => event);
  });
  afterAll(() => gateway.close());

  const signed = async (overrides: {
    secret?: string;
    signedBody?: string;
    body?: string;
    path?: string;
    at?: Date;
  }) => {
    const {
      secret = 'secret',
      signedBody = '{"a":1}',
      body = signedBody,
      path = '/runs/r%20é',
      at = new Date(),
    } = overrides;
    const url = new URL(`${path}?b=2&a=x%2Fy`, gateway.url);
    const request = await new SignatureV4({
      credentials: { ...scope, secretAccessKey: secret },
      region: 'us-east-1',
      service: 'execute-api',
      sha256: Sha256,
    }).sign(
      {
        method: 'POST',
        protocol: 'http:',
        hostname: url.hostname,
        port: Number(url.port),
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: { host: url.host, 'content-type': 'application/json' },
        body: signedBody,
      },
      { signingDate: at },
    );
    return fetch(url, { method: 'POST', headers: request.headers, body });
  };

  it('lets a signed request through, as an event of payload format 2.0', async () => {
    const response = await signed({});
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      routeKey: 'POST /runs/{id}',
      pathParameters: { id: 'r é' },
      queryStringParameters: { a: 'x/y', b: '2' },
      body: '{"a":1}',
      isBase64Encoded: false,
    });
  });

  it.each([
    ['another secret', { secret: 'guess' }],
    ['another body than the one that was signed', { body: '{"a":2}' }],
    ['an old signature', { at: new Date(Date.now() - 10 * 60_000) }],
  ])('refuses %s', async (_, overrides) => {
    const response = await signed(overrides);
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({ message: 'Forbidden' });
  });

  it('refuses a request without a signature, and knows no other route', async () => {
    expect((await fetch(`${gateway.url}/runs/1`, { method: 'POST' })).status).toBe(403);
    expect((await fetch(`${gateway.url}/runs/1`)).status).toBe(404);
  });
});

describe('routes', () => {
  it('prefers a route without parameters', () => {
    const routes = ['GET /runs/{id}', 'GET /runs/latest', 'ANY /other'].map((key) => ({
      key,
      functionName: key,
    }));
    expect(matchRoute(routes, 'GET', '/runs/latest')?.key).toBe('GET /runs/latest');
    expect(matchRoute(routes, 'GET', '/runs/7')).toMatchObject({ pathParameters: { id: '7' } });
    expect(matchRoute(routes, 'POST', '/runs/7')).toBeUndefined();
  });
});

describe('the fault proxy', () => {
  let service: LoopbackServer;
  let proxy: FaultProxy;
  const reached: string[] = [];
  beforeAll(async () => {
    service = await listen((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        reached.push(`${request.method} ${request.url} ${Buffer.concat(chunks).toString()}`);
        response.end('carried out');
      });
    });
    proxy = await openFaultProxy(service.url, 1);
  });
  afterAll(async () => {
    await proxy.close();
    await service.close();
  });

  const put = (key: string) =>
    fetch(`${proxy.url}/bucket/${key}`, {
      method: 'PUT',
      body: '3;chunk-signature=0\r\nabc\r\n0\r\n\r\n',
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=A/20261121/us-east-1/s3/aws4_request' },
    });

  it('forwards bodies byte for byte and counts by service and action', async () => {
    const response = await put('a');
    expect(await response.text()).toBe('carried out');
    expect(reached.at(-1)).toBe('PUT /bucket/a 3;chunk-signature=0\r\nabc\r\n0\r\n\r\n');
    expect(proxy.counts.get('s3 PutObject')).toBe(1);
  });

  it('answers instead of the service the first so many times', async () => {
    const rule = proxy.inject({
      fault: s3InternalError,
      matches: ({ action }) => action === 'PutObject',
      hits: { first: 2 },
    });
    const statuses = [(await put('b')).status, (await put('b')).status, (await put('b')).status];
    rule.remove();
    expect(statuses).toEqual([500, 500, 200]);
    expect(reached.filter((line) => line.includes('/b '))).toHaveLength(1);
  });

  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('cuts the connection %s the service was reached', async (when, times) => {
    const rule = proxy.inject({
      fault: { kind: 'cut', when },
      matches: ({ target }) => target.includes(`/cut-${when}`),
      hits: { first: 1 },
    });
    await expect(put(`cut-${when}`)).rejects.toThrow();
    rule.remove();
    expect(reached.filter((line) => line.includes(`/cut-${when}`))).toHaveLength(times);
  });

  it('takes in a request that waits for 100 Continue', async () => {
    const said = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1');
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString();
        if (text.includes('100 Continue') && !text.includes('200 OK')) socket.write('12345');
        if (text.includes('carried out')) socket.end();
      });
      socket.once('close', () => resolve(text));
      socket.once('error', reject);
      socket.write('PUT /bucket/c HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n');
    });
    expect(said).toContain('carried out');
    expect(reached.at(-1)).toBe('PUT /bucket/c 12345');
  });
});

describe('a fault rule', () => {
  const call = describeCall({
    method: 'POST',
    target: '/',
    headers: {
      authorization: 'AWS4-HMAC-SHA256 Credential=A/20261121/us-east-1/ecs/aws4_request',
      'x-amz-target': 'AmazonEC2ContainerServiceV20141113.RunTask',
    },
    body: Buffer.from('{}'),
  });

  it('hits by chance as often as it says, the same for the same seed', () => {
    const hits = (seed: number) => {
      const plan = new FaultPlan(seed);
      plan.add({
        fault: throttled,
        matches: ({ action }) => action === 'RunTask',
        hits: { probability: 0.3 },
      });
      return Array.from({ length: 1000 }, () => plan.decide(call) !== undefined);
    };
    expect(hits(7)).toEqual(hits(7));
    expect(hits(7)).not.toEqual(hits(8));
    const share = hits(7).filter(Boolean).length / 1000;
    expect(share).toBeGreaterThan(0.25);
    expect(share).toBeLessThan(0.35);
  });
});

describe('the template resolver', () => {
  const context: TemplateContext = {
    parameters: { 'AWS::Region': 'us-east-1', Stage: 'dev', Subnets: ['a', 'b'] },
    references: { Bucket: 'the-bucket' },
    attributes: { 'Queue.Arn': 'arn:queue' },
    conditions: {
      IsDev: { 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] },
      IsNot: { 'Fn::Not': [{ Condition: 'IsDev' }] },
    },
  };

  it('carries out the functions that the template uses', () => {
    const template = {
      Sub: {
        'Fn::Sub': ['${AWS::Region}/${Bucket}/${Queue.Arn}/${given}/${!kept}', { given: { Ref: 'Stage' } }],
      },
      Join: { 'Fn::Join': [',', { Ref: 'Subnets' }] },
      Pick: { 'Fn::Select': [1, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Queue', 'Arn'] }] }] },
      If: { 'Fn::If': ['IsNot', 'no', { 'Fn::If': ['IsDev', 'yes', 'no'] }] },
      Gone: { 'Fn::If': ['IsDev', { Ref: 'AWS::NoValue' }, 1] },
    };
    expect(resolveTemplate(template, context)).toEqual({
      Sub: 'us-east-1/the-bucket/arn:queue/dev/${kept}',
      Join: 'a,b',
      Pick: 'queue',
      If: 'yes',
    });
  });

  it('names the place of what it cannot resolve', () => {
    expect(() => resolveTemplate({ A: { B: { Ref: 'Missing' } } }, context)).toThrow(
      'template.A.B.Ref: no parameter or resource id is given for Missing',
    );
    expect(() => resolveTemplate({ A: { 'Fn::ImportValue': 'x' } }, context)).toThrow(
      'Fn::ImportValue is not known',
    );
  });
});

describe('an event pattern', () => {
  const event = { source: 'aws.ecs', detail: { lastStatus: 'STOPPED', clusterArn: 'arn:aws:ecs:c' } };

  it('matches exact values and prefixes, and nothing else', () => {
    expect(matchesPattern({ source: ['aws.ecs'], detail: { lastStatus: ['STOPPED'] } }, event)).toBe(true);
    expect(matchesPattern({ detail: { clusterArn: [{ prefix: 'arn:aws:ecs' }] } }, event)).toBe(true);
    expect(matchesPattern({ source: ['aws.ec2'] }, event)).toBe(false);
    expect(matchesPattern({ detail: { lastStatus: ['RUNNING'], group: ['x'] } }, event)).toBe(false);
  });

  it('matches anything but what is refused, though never a field that is not there', () => {
    const matches = (detail: object): boolean => matchesPattern({ detail }, event);
    expect(matches({ lastStatus: [{ 'anything-but': ['RUNNING'] }] })).toBe(true);
    expect(matches({ lastStatus: [{ 'anything-but': ['RUNNING', 'STOPPED'] }] })).toBe(false);
    expect(matches({ clusterArn: [{ 'anything-but': { prefix: 'arn:aws:s3' } }] })).toBe(true);
    expect(matches({ clusterArn: [{ 'anything-but': { prefix: 'arn:aws:ecs' } }] })).toBe(false);
    expect(matches({ group: [{ 'anything-but': ['x'] }] })).toBe(false);
  });

  it('matches one of several parts, beside what they have in common', () => {
    const either = [{ lastStatus: ['RUNNING'] }, { lastStatus: ['STOPPED'] }];
    expect(matchesPattern({ detail: { $or: either } }, event)).toBe(true);
    expect(matchesPattern({ detail: { $or: either.slice(0, 1) } }, event)).toBe(false);
    expect(matchesPattern({ detail: { clusterArn: ['x'], $or: either } }, event)).toBe(false);
  });
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { awsClientOptions } from '../../../src/platform/aws/aws-client-options.ts';

const command = new DescribeExecutionCommand({ executionArn: 'arn:aws:states:us-east-1:1:execution:m:r' });

const openServer = async (answer: (how: { end(status: number, body: string): void }) => void) => {
  const tries: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    tries.push(request.headers['amz-sdk-request']?.toString());
    answer({ end: (status, body) => response.writeHead(status).end(body) });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const clientFor = (options: ReturnType<typeof awsClientOptions>) =>
    new SFNClient({
      ...options,
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    });
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { tries, clientFor, close };
};

describe('an AWS client', () => {
  it('gives up on a server that does not answer, after its tries', async () => {
    const { tries, clientFor, close } = await openServer(() => {});
    const client = clientFor(awsClientOptions({ requestSeconds: 0.1, attempts: 2 }));
    await expect(client.send(command)).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(tries).toEqual(['attempt=1; max=2', 'attempt=2; max=2']);
    client.destroy();
    await close();
  });

  it('tries an error of the service again, four times in all', async () => {
    const { tries, clientFor, close } = await openServer(({ end }) => end(500, '{}'));
    const client = clientFor(awsClientOptions());
    await expect(client.send(command)).rejects.toMatchObject({ $metadata: { attempts: 4 } });
    expect(tries).toHaveLength(4);
    client.destroy();
    await close();
  });

  it('does not try a refusal again', async () => {
    const refusal = JSON.stringify({ __type: 'AccessDeniedException', message: 'no' });
    const { tries, clientFor, close } = await openServer(({ end }) => end(400, refusal));
    const client = clientFor(awsClientOptions());
    await expect(client.send(command)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(tries).toHaveLength(1);
    client.destroy();
    await close();
  });
});

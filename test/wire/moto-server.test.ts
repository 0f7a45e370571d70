import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBucket } from './aws-clients.ts';
import { type MotoServer, startMoto } from './moto-server.ts';

let moto: MotoServer;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto.close());

describe('the AWS server of these tests', () => {
  it('forgets everything when it is reset', async () => {
    const client = await openBucket(moto.url, 'first');
    expect((await client.send(new ListBucketsCommand())).Buckets).toHaveLength(1);
    await moto.reset();
    expect((await client.send(new ListBucketsCommand())).Buckets ?? []).toHaveLength(0);
  });

  it('runs more than once on one machine', async () => {
    const other = await startMoto();
    expect(other.url).not.toBe(moto.url);
    await other.close();
    await expect(fetch(other.url)).rejects.toThrow();
  });
});

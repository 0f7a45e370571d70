import type { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { S3Store } from '../../src/platform/aws/s3-store.ts';
import { describeObjectListingContract } from '../contract/object-listing.contract.ts';
import { describeObjectStoreContract } from '../contract/object-store.contract.ts';
import { openBucket } from './aws-clients.ts';
import { type MotoServer, startMoto } from './moto-server.ts';

let moto: MotoServer;
let buckets = 0;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto.close());

const open = async () => {
  buckets += 1;
  const client: S3Client = await openBucket(moto.url, `bucket-${buckets}`);
  return { store: new S3Store(client, `bucket-${buckets}`), client, close: async () => client.destroy() };
};

describeObjectStoreContract('S3', open);
describeObjectListingContract('S3', open);

describe('S3 store', () => {
  it('lists more than a page, also from a key on', async () => {
    const { store, close } = await open();
    const keys = Array.from({ length: 1010 }, (_, i) => `many/${String(i).padStart(4, '0')}`);
    for (let i = 0; i < keys.length; i += 40) {
      await Promise.all(keys.slice(i, i + 40).map((key) => store.put(key, new Uint8Array())));
    }
    expect(await Array.fromAsync(store.list('many/'))).toEqual(keys);
    expect(await Array.fromAsync(store.list('many/', { startAfter: 'many/0004' }))).toEqual(keys.slice(5));
    expect((await Array.fromAsync(store.objects('many/'))).map(({ key }) => key)).toEqual(keys);
    await close();
  });

  it('says which bucket is missing, and does not take that for a missing object', async () => {
    const { client, close } = await open();
    const store = new S3Store(client, 'no-such-bucket');
    const calls = [
      () => store.get('a'),
      () => store.put('a', new Uint8Array()),
      () => Array.fromAsync(store.list('a')),
      () => Array.fromAsync(store.folders('a/')),
      () => Array.fromAsync(store.objects('a')),
      () => store.deleteAll(['a']),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({
        name: 'PlatformRefused',
        message: expect.stringMatching(/no-such-bucket.*NoSuchBucket.*Deploy the stack/),
      });
    }
    await close();
  });
});

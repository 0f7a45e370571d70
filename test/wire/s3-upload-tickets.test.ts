import { afterAll, beforeAll } from 'vitest';
import { S3Store } from '../../src/platform/aws/s3-store.ts';
import { S3UploadTickets } from '../../src/platform/aws/s3-upload-tickets.ts';
import { describeUploadTicketsContract } from '../contract/upload-tickets.contract.ts';
import { openBucket } from './aws-clients.ts';
import { type MotoServer, startMoto } from './moto-server.ts';

let moto: MotoServer;
let buckets = 0;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto.close());

describeUploadTicketsContract('presigned PUTs of S3', async () => {
  buckets += 1;
  const bucket = `uploads-${buckets}`;
  const client = await openBucket(moto.url, bucket);
  return {
    tickets: new S3UploadTickets(client, bucket, { nowMillis: () => Date.now() }),
    store: new S3Store(client, bucket),
    close: async () => client.destroy(),
  };
});

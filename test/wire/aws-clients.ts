import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { awsClientOptions } from '../../src/platform/aws/aws-client-options.ts';

export const testRegion = 'us-east-1';

/** The account that moto gives to everybody. */
export const testAccount = '123456789012';

/** Options for `new XClient({ … })` that talk to a server on this machine; otherwise what production clients get. */
export const testClientOptions = (url: string) => ({
  ...awsClientOptions(),
  endpoint: url,
  region: testRegion,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

/** What a function or a worker is given to reach that server. */
export const testEnvironment = (url: string): Record<string, string> => ({
  AWS_ENDPOINT_URL: url,
  AWS_REGION: testRegion,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
});

export const s3Client = (url: string): S3Client =>
  new S3Client({ ...testClientOptions(url), forcePathStyle: true });

/** An S3 client and a bucket of its own. */
export const openBucket = async (url: string, bucket: string): Promise<S3Client> => {
  const client = s3Client(url);
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return client;
};

import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { UploadTicket, UploadTickets } from '../ports/upload-tickets.ts';
import type { WallClock } from '../ports/wall-clock.ts';
import { describeStoreFailure } from './s3-failure.ts';

const validSeconds = 15 * 60;

/**
 * Presigned PUTs. Length, SHA-256 and "only if it isn't there" are signed headers, so S3 refuses any other content, and
 * answers 412 when the upload is there already.
 */
export class S3UploadTickets implements UploadTickets {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #clock: WallClock;

  constructor(client: S3Client, bucket: string, clock: WallClock) {
    this.#client = client;
    this.#bucket = bucket;
    this.#clock = clock;
  }

  /** `sha256`: hexadecimal. */
  async issue(upload: {
    readonly key: string;
    readonly bytes: number;
    readonly sha256: string;
  }): Promise<UploadTicket> {
    const checksum = Buffer.from(upload.sha256, 'hex').toString('base64');
    const headers = {
      'content-length': String(upload.bytes),
      'if-none-match': '*',
      'x-amz-checksum-sha256': checksum,
    };
    const command = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: upload.key,
      ContentLength: upload.bytes,
      IfNoneMatch: '*',
      ChecksumSHA256: checksum,
    });
    const signedAt = this.#clock.nowMillis();
    try {
      const url = await getSignedUrl(this.#client, command, {
        expiresIn: validSeconds,
        signingDate: new Date(signedAt),
        // In the query the checksum would be a parameter that nobody compares with the content.
        unhoistableHeaders: new Set(['x-amz-checksum-sha256']),
      });
      const expiresAt = new Date(signedAt + validSeconds * 1000).toISOString();
      return { url, method: 'PUT', headers, expiresAt };
    } catch (error) {
      throw describeStoreFailure(`sign an upload of ${upload.key}`, this.#bucket, error);
    }
  }
}

import { randomUUID } from 'node:crypto';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type ListObjectsV2CommandInput,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  type PutObjectCommandOutput,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { StoreUnavailableError } from '../../errors.ts';
import { assertDeletable, assertObjectKey } from '../ports/object-key.ts';
import type { ListedObject, ObjectListing } from '../ports/object-listing.ts';
import type { GetResult, ObjectStore, PutCondition, PutResult } from '../ports/object-store.ts';
import { type AwsFailure, classifyAwsFailure } from './aws-failure.ts';
import { describeStoreFailure } from './s3-failure.ts';
import {
  decideWriteOutcome,
  markWrite,
  mayHaveWritten,
  metadataOfMark,
  type WriteMark,
} from './s3-write-mark.ts';

/** Whole tries of ours, around the SDK's: of bodies that break off, and of writes that collide. */
const mostRounds = 5;
/** A read with its body; the SDK bounds its beginning and its pauses. */
const readMillis = 120_000;
/** A write's body is part of the request, so its time is too: as if 1 MB/s were slow. */
const writeMillis = (bytes: number): number => 10_000 + bytes / 1000;

/** Full jitter, the mean doubling from 50 ms. */
const pause = (round: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * 100 * 2 ** round));

/** The object store as an S3 bucket. Needs s3:ListBucket beside the actions on objects: without it a missing object looks denied. */
export class S3Store implements ObjectStore, ObjectListing {
  readonly root: string;
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
    this.root = `s3://${bucket}/`;
  }

  async get(key: string, options: { readonly ifNoneMatch?: string } = {}): Promise<GetResult> {
    assertObjectKey(key);
    const deadline = AbortSignal.timeout(readMillis);
    // The SDK tries a request again, but not a body that breaks off.
    for (let round = 1; ; round += 1) {
      try {
        return await this.#read(key, options.ifNoneMatch, deadline);
      } catch (error) {
        const failure = classifyAwsFailure(error);
        if (failure.status === 304) return { kind: 'unchanged' };
        if (failure.name === 'NoSuchKey') return { kind: 'missing' };
        const triedAgain = failure.status !== undefined || failure.attempts > 1;
        if (triedAgain || failure.kind === 'refused' || round === mostRounds)
          throw describeStoreFailure(`read ${key}`, this.#bucket, error);
        await pause(round);
      }
    }
  }

  async put(key: string, body: Uint8Array, condition?: PutCondition): Promise<PutResult> {
    assertObjectKey(key);
    if (condition !== undefined) return this.#putIf(key, body, condition);
    try {
      return written(
        key,
        await this.#client.send(this.#putCommand(key, body), { requestTimeout: writeMillis(body.length) }),
      );
    } catch (error) {
      throw describeStoreFailure(`write ${key}`, this.#bucket, error);
    }
  }

  async *list(prefix: string, options: { readonly startAfter?: string } = {}): AsyncIterable<string> {
    const { startAfter } = options;
    for await (const page of this.#pages({
      Prefix: prefix,
      ...(startAfter === undefined ? {} : { StartAfter: startAfter }),
    })) {
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield Key;
    }
  }

  async *folders(prefix: string): AsyncIterable<string> {
    for await (const page of this.#pages({ Prefix: prefix, Delimiter: '/' })) {
      for (const { Prefix } of page.CommonPrefixes ?? []) if (Prefix !== undefined) yield Prefix;
    }
  }

  async *objects(prefix: string): AsyncIterable<ListedObject> {
    for await (const page of this.#pages({ Prefix: prefix })) {
      for (const { Key, Size } of page.Contents ?? [])
        if (Key !== undefined) yield { key: Key, bytes: Size ?? 0 };
    }
  }

  async deleteAll(keys: readonly string[]): Promise<readonly string[]> {
    assertDeletable(keys);
    if (keys.length === 0) return [];
    try {
      const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
      const answer = await this.#client.send(new DeleteObjectsCommand({ Bucket: this.#bucket, Delete }));
      return (answer.Errors ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
    } catch (error) {
      throw describeStoreFailure(`delete ${keys.length} objects from ${keys[0]} on`, this.#bucket, error);
    }
  }

  async delete(key: string): Promise<void> {
    assertObjectKey(key);
    try {
      await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }));
    } catch (error) {
      throw describeStoreFailure(`delete ${key}`, this.#bucket, error);
    }
  }

  /** General purpose buckets list in the byte order of UTF-8. */
  async *#pages(
    input: Pick<ListObjectsV2CommandInput, 'Prefix' | 'StartAfter' | 'Delimiter'>,
  ): AsyncIterable<ListObjectsV2CommandOutput> {
    try {
      yield* paginateListObjectsV2(
        { client: this.#client, pageSize: 1000 },
        { Bucket: this.#bucket, ...input },
      );
    } catch (error) {
      throw describeStoreFailure(`list ${input.Prefix}`, this.#bucket, error);
    }
  }

  async #read(key: string, ifNoneMatch: string | undefined, abortSignal: AbortSignal): Promise<GetResult> {
    const command = new GetObjectCommand({ Bucket: this.#bucket, Key: key, IfNoneMatch: ifNoneMatch });
    const answer = await this.#client.send(command, { abortSignal });
    const body = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
    // An answer without a length ends where its connection does, wherever that is.
    if (body.length !== answer.ContentLength)
      throw new Error(`${body.length} bytes came of ${answer.ContentLength ?? 'an unknown number'}`);
    return { kind: 'found', body, etag: etagOf(key, answer) };
  }

  #putCommand(key: string, body: Uint8Array): PutObjectCommand {
    return new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: body, ContentLength: body.length });
  }

  async #putIf(key: string, body: Uint8Array, condition: PutCondition): Promise<PutResult> {
    const mark = markWrite(randomUUID(), condition);
    let unanswered = false;
    for (let round = 1; ; round += 1) {
      const command = this.#putCommand(key, body);
      command.input.Metadata = metadataOfMark(mark);
      if ('ifAbsent' in condition) command.input.IfNoneMatch = '*';
      else command.input.IfMatch = condition.ifMatch;
      const failures = recordFailures(command);
      try {
        return written(key, await this.#client.send(command, { requestTimeout: writeMillis(body.length) }));
      } catch (error) {
        const failure = classifyAwsFailure(error);
        unanswered ||= failures.slice(0, -1).some(mayHaveWritten);
        if (isConflict(failure)) {
          return unanswered ? await this.#outcomeOf(key, mark) : { kind: 'conflict' };
        }
        if (failure.name !== 'ConditionalRequestConflict' || round === mostRounds)
          throw describeStoreFailure(`write ${key}`, this.#bucket, error);
      }
      await pause(round);
    }
  }

  async #outcomeOf(key: string, mark: WriteMark): Promise<PutResult> {
    let found: HeadObjectCommandOutput | undefined;
    try {
      found = await this.#client.send(new HeadObjectCommand({ Bucket: this.#bucket, Key: key }));
    } catch (error) {
      if (classifyAwsFailure(error).status !== 404)
        throw describeStoreFailure(`find out whether a write went to ${key}`, this.#bucket, error);
    }
    const outcome = decideWriteOutcome(mark, found?.Metadata);
    if (outcome === 'lost') return { kind: 'conflict' };
    if (outcome === 'written' && found !== undefined) return written(key, found);
    throw new StoreUnavailableError(
      `It is not known whether ${key} was written to S3 bucket ${this.#bucket}: the answer was lost, and others wrote it since. Read it again and decide anew.`,
    );
  }
}

/** Every failed try of the command, the SDK's own included, in order. */
const recordFailures = (command: PutObjectCommand): readonly AwsFailure[] => {
  const failures: AwsFailure[] = [];
  command.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        failures.push(classifyAwsFailure(error));
        throw error;
      }
    },
    // Inside of what tries again.
    { name: 'recordFailures', step: 'finalizeRequest', priority: 'low' },
  );
  return failures;
};

/** 412: exists, or has another etag. 404 to a write: there is nothing that If-Match could match. */
const isConflict = ({ status, name }: AwsFailure): boolean => status === 412 || name === 'NoSuchKey';

const written = (key: string, answer: Pick<PutObjectCommandOutput, 'ETag'>): PutResult => ({
  kind: 'written',
  etag: etagOf(key, answer),
});

const etagOf = (key: string, { ETag }: { readonly ETag?: string | undefined }): string => {
  if (ETag === undefined) throw new Error(`S3 gave no etag for ${key}`);
  return ETag;
};

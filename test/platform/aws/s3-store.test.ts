import { S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awsClientOptions } from '../../../src/platform/aws/aws-client-options.ts';
import { S3Store } from '../../../src/platform/aws/s3-store.ts';
import {
  decideWriteOutcome,
  markWrite,
  mayHaveWritten,
  metadataOfMark,
} from '../../../src/platform/aws/s3-write-mark.ts';
import { anObject, startS3Stub } from './s3-stub.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let stub: Awaited<ReturnType<typeof startS3Stub>>;
let client: S3Client;
let store: S3Store;
beforeEach(async () => {
  stub = await startS3Stub();
  client = new S3Client({
    ...awsClientOptions(),
    endpoint: stub.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
  });
  store = new S3Store(client, 'b');
});
afterEach(async () => {
  client.destroy();
  await stub.close();
});

const serverError = { status: 500, code: 'InternalError' } as const;
const conflicting = { status: 409, code: 'ConditionalRequestConflict' } as const;

describe('a conditional write to S3 whose answer is lost', () => {
  it('is written when it was, to create', async () => {
    stub.next('lose-answer');
    const put = await store.put('a', bytes('one'), { ifAbsent: true });
    expect(put).toEqual({ kind: 'written', etag: stub.objects.get('/b/a')?.etag });
    expect(stub.requests).toEqual(['PUT', 'PUT', 'HEAD']);
  });

  it('is written when it was, to replace', async () => {
    const first = await store.put('a', bytes('one'));
    stub.next('lose-answer', 'lose-answer');
    const put = await store.put('a', bytes('two'), { ifMatch: first.kind === 'written' ? first.etag : '' });
    expect(put).toEqual({ kind: 'written', etag: stub.objects.get('/b/a')?.etag });
  });

  it('is written when its first try never arrived', async () => {
    stub.next('lose-request');
    expect((await store.put('a', bytes('one'), { ifAbsent: true })).kind).toBe('written');
    expect(stub.requests).toEqual(['PUT', 'PUT']);
  });

  it('is a conflict when another write was quicker, even with the same bytes', async () => {
    const rival = new S3Store(client, 'b');
    await rival.put('a', bytes('same'), { ifAbsent: true });
    stub.next('lose-request');
    expect(await store.put('a', bytes('same'), { ifAbsent: true })).toEqual({ kind: 'conflict' });
    stub.next(serverError);
    expect(await store.put('a', bytes('same'), { ifAbsent: true })).toEqual({ kind: 'conflict' });
  });

  it('claims neither when others wrote on top of what may have been it', async () => {
    stub.next('lose-answer', () => stub.objects.set('/b/a', anObject(bytes('later'), {})));
    await expect(store.put('a', bytes('one'), { ifAbsent: true })).rejects.toMatchObject({
      name: 'StoreUnavailable',
      message: expect.stringMatching(/not known whether a was written.*Read it again/),
    });
  });

  it('claims neither when the object is gone since', async () => {
    stub.next('lose-answer', { status: 412, code: 'PreconditionFailed' }, () => stub.objects.clear());
    await expect(store.put('a', bytes('one'), { ifAbsent: true })).rejects.toMatchObject({
      name: 'StoreUnavailable',
    });
  });
});

describe('a conditional write to S3', () => {
  it('is a conflict without a second look when no answer was lost', async () => {
    await store.put('a', bytes('one'));
    stub.next({ status: 503, code: 'ServiceUnavailable' });
    expect(await store.put('a', bytes('two'), { ifAbsent: true })).toEqual({ kind: 'conflict' });
    expect(stub.requests).not.toContain('HEAD');
  });

  it('is tried again when it collides with one under way', async () => {
    stub.next(conflicting, conflicting);
    expect((await store.put('a', bytes('one'), { ifAbsent: true })).kind).toBe('written');
  });

  it('gives up when it collides for ever, and says that it may pass', async () => {
    stub.next(...Array.from({ length: 5 }, () => conflicting));
    await expect(store.put('a', bytes('one'), { ifAbsent: true })).rejects.toMatchObject({
      name: 'StoreUnavailable',
      message: expect.stringContaining('ConditionalRequestConflict'),
    });
  });
});

describe('a read from S3', () => {
  it('is whole, or is read again', async () => {
    await store.put('a', bytes('0123456789'));
    stub.next('cut-body', 'cut-body');
    const got = await store.get('a');
    expect(got.kind === 'found' && new TextDecoder().decode(got.body)).toBe('0123456789');
  });

  it('fails when its body breaks off every time', async () => {
    await store.put('a', bytes('0123456789'));
    stub.next(...Array.from({ length: 5 }, () => 'cut-body' as const));
    await expect(store.get('a')).rejects.toMatchObject({
      name: 'StoreUnavailable',
      message: expect.stringMatching(/^Could not read a in S3 bucket b/),
    });
  });
});

describe('an error of S3', () => {
  it('that stays is told with the key, the number of tries and what to do', async () => {
    stub.next(...Array.from({ length: 4 }, () => serverError));
    await expect(store.get('runs/r1/plan.json')).rejects.toMatchObject({
      name: 'StoreUnavailable',
      message:
        'Could not read runs/r1/plan.json in S3 bucket b, tried 4 times: InternalError (request r1). This may pass: try again in a moment.',
    });
  });

  it('that is a refusal is told as one, with what to change', async () => {
    stub.next({ status: 403, code: 'AccessDenied' });
    await expect(store.put('a', bytes(''))).rejects.toMatchObject({
      name: 'PlatformRefused',
      message: expect.stringMatching(/write a in S3 bucket b.*AccessDenied.*s3:ListBucket/),
    });
    expect(stub.requests).toHaveLength(1);
  });
});

describe('what became of a write', () => {
  const condition = fc.oneof(
    fc.constant({ ifAbsent: true } as const),
    fc.stringMatching(/^[0-9a-f]{8}$/).map((etag) => ({ ifMatch: `"${etag}"` })),
  );

  it('is known when its mark, or one on top of the same object, is found', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), condition, condition, (own, other, mine, theirs) => {
        const mark = markWrite(own, mine);
        const rival = markWrite(other, theirs);
        expect(decideWriteOutcome(mark, metadataOfMark(mark))).toBe('written');
        if (own === other) return;
        expect(decideWriteOutcome(mark, metadataOfMark(rival))).toBe(
          mark.onTopOf === rival.onTopOf ? 'lost' : 'unknown',
        );
      }),
    );
  });

  it('is unknown without a mark', () => {
    const mark = markWrite('w', { ifAbsent: true });
    expect(decideWriteOutcome(mark, undefined)).toBe('unknown');
    expect(decideWriteOutcome(mark, {})).toBe('unknown');
  });

  it.each([
    [undefined, 'ECONNRESET', true],
    [200, 'SyntaxError', true],
    [500, 'InternalError', true],
    [504, 'GatewayTimeout', true],
    [503, 'SlowDown', false],
    [503, 'ServiceUnavailable', false],
    [412, 'PreconditionFailed', false],
    [429, 'TooManyRequestsException', false],
  ])('after status %s %s: it may have been written is %s', (status, name, expected) => {
    expect(mayHaveWritten({ kind: 'passing', name, status, attempts: 1, text: '' })).toBe(expected);
  });
});

import { createHash, createHmac } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { awsClientOptions } from '../../../src/platform/aws/aws-client-options.ts';
import { S3UploadTickets } from '../../../src/platform/aws/s3-upload-tickets.ts';
import type { UploadTicket } from '../../../src/platform/ports/upload-tickets.ts';

const secret = 'a secret';
const sha256 = createHash('sha256').update('content').digest('hex');
const upload = { key: `uploads/${sha256}`, bytes: 7, sha256 };

const issue = (): Promise<UploadTicket> => {
  const client = new S3Client({
    ...awsClientOptions(),
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIA', secretAccessKey: secret, sessionToken: 'a session' },
  });
  const clock = { nowMillis: () => Date.parse('2026-11-21T10:00:00Z') };
  return new S3UploadTickets(client, 'bucket', clock).issue(upload);
};

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** The signature that S3 computes of a presigned request (Signature Version 4, query parameters), from what arrives. */
const signatureOf = (ticket: UploadTicket, headers: Readonly<Record<string, string>>): string => {
  const url = new URL(ticket.url);
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort();
  const signed = url.searchParams.get('X-Amz-SignedHeaders') ?? '';
  const arrived: Readonly<Record<string, string>> = { host: url.host, ...headers };
  const request = [
    ticket.method,
    url.pathname,
    query.join('&'),
    ...signed.split(';').map((name) => `${name}:${arrived[name]}`),
    '',
    signed,
    'UNSIGNED-PAYLOAD',
  ].join('\n');
  const date = url.searchParams.get('X-Amz-Date') ?? '';
  const scope = `${date.slice(0, 8)}/eu-central-1/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope, createHash('sha256').update(request).digest('hex')].join(
    '\n',
  );
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return hmac(key, toSign).toString('hex');
};

const givenSignature = (ticket: UploadTicket) => new URL(ticket.url).searchParams.get('X-Amz-Signature');

describe('an upload ticket of S3', () => {
  it('is signed for its headers as they are, and for no others', async () => {
    const ticket = await issue();
    expect(signatureOf(ticket, ticket.headers)).toBe(givenSignature(ticket));
    const changes = [
      { 'content-length': '8' },
      { 'x-amz-checksum-sha256': Buffer.alloc(32).toString('base64') },
      { 'if-none-match': '"an etag"' },
    ];
    for (const change of changes) {
      expect(signatureOf(ticket, { ...ticket.headers, ...change })).not.toBe(givenSignature(ticket));
    }
  });

  it('binds length, checksum and condition, and nothing that the client cannot know', async () => {
    const ticket = await issue();
    const { searchParams } = new URL(ticket.url);
    expect(searchParams.get('X-Amz-SignedHeaders')).toBe(
      'content-length;host;if-none-match;x-amz-checksum-sha256',
    );
    expect(ticket.headers).toEqual({
      'content-length': '7',
      'if-none-match': '*',
      'x-amz-checksum-sha256': createHash('sha256').update('content').digest('base64'),
    });
    expect([...searchParams.keys()].filter((name) => /checksum/i.test(name))).toEqual([]);
  });

  it('is valid for 15 minutes', async () => {
    const ticket = await issue();
    expect(new URL(ticket.url).searchParams.get('X-Amz-Expires')).toBe('900');
    expect(new URL(ticket.url).searchParams.get('X-Amz-Date')).toBe('20261121T100000Z');
    expect(ticket.expiresAt).toBe('2026-11-21T10:15:00.000Z');
  });
});

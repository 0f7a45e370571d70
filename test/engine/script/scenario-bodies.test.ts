import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { EngineShard } from '../../../src/engine/engine.ts';
import type { Expectation, RequestStep } from '../../../src/plan/plan.ts';
import { aPlan, aRequest, aScenario } from '../support/a-plan.ts';
import { type HttpServer, httpServer } from '../support/http-server.ts';
import { oneArrival, played } from '../support/played.ts';

const play = (server: HttpServer, step: Partial<RequestStep>, overrides: Partial<EngineShard> = {}) =>
  played(
    aPlan({ target: server.url, load: oneArrival, scenarios: [aScenario([aRequest(step)])] }),
    overrides,
  );
const hasName: Expectation = { on: 'json', path: '$.name', equals: 'grün' };

describe('a coded response', () => {
  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ] as const)('in %s is decoded for whoever looks at it', async (coding, encode) => {
    await using server = await httpServer((_request, response) => {
      response.writeHead(200, { 'content-encoding': coding, 'content-type': 'application/json' });
      response.end(encode(Buffer.from('\ufeff{"name":"grün"}')));
    });
    const sink = await play(server, {
      expect: [hasName, { on: 'body', match: { how: 'contains', text: 'grün' } }],
    });
    expect(sink.failures).toEqual([]);
  });

  it('is read in its charset', async () => {
    await using server = await httpServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json; charset=iso-8859-1' });
      response.end(Buffer.from('{"name":"grün"}', 'latin1'));
    });
    expect((await play(server, { expect: [hasName] })).failures).toEqual([]);
  });

  it('fails as what is wrong with it, and only when somebody looks', async () => {
    const broken = { coding: 'gzip', body: Buffer.from('not at all') };
    const large = { coding: 'gzip', body: gzipSync(Buffer.alloc(11 * 1024 * 1024)) };
    for (const [{ coding, body }, kind] of [
      [broken, 'parse'],
      [large, 'body too large'],
    ] as const) {
      await using server = await httpServer((_request, response) => {
        response.writeHead(200, { 'content-encoding': coding }).end(body);
      });
      expect((await play(server, { expect: [hasName] })).kinds).toEqual([kind]);
      expect((await play(server, {})).failures).toEqual([]);
    }
  });
});

describe('a request with a body of files', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_each, index) => index);
  const file = { file: './all-bytes', upload: 'uploads/1', bytes: bytes.length };
  const files = new Map([[file.upload, bytes]]);

  it('sends a file as it is', async () => {
    await using server = await httpServer((_request, response) => response.end());
    const body = { format: 'file', file } as const;
    const headers = [['x', '{{$uuid}}']] as const;
    const sink = await play(server, { method: 'PUT', body, headers }, { files });
    expect(sink.failures).toEqual([]);
    expect(server.requests[0]?.body.equals(Buffer.from(bytes))).toBe(true);
  });

  it('sends a form', async () => {
    await using server = await httpServer((_request, response) => response.end());
    const sink = await play(
      server,
      {
        method: 'POST',
        headers: [['content-type', 'multipart/form-data']],
        body: {
          format: 'multipart',
          parts: [
            { kind: 'text', name: 'id', template: '{{$uuid}}' },
            { kind: 'file', name: 'picture', file, fileName: 'a.png', contentType: 'image/png' },
          ],
        },
      },
      { files },
    );
    expect(sink.failures).toEqual([]);
    const [seen] = server.requests;
    const headers = { 'content-type': String(seen?.headers['content-type']) };
    const form = await new Response(new Uint8Array(seen?.body ?? []), { headers }).formData();
    expect(form.get('id')).toMatch(/^[0-9a-f-]{36}$/);
    const picture = form.get('picture');
    if (!(picture instanceof File)) throw new Error('not a file');
    expect(new Uint8Array(await picture.arrayBuffer())).toEqual(bytes);
  });
});

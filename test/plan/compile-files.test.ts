import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Step } from '../../src/plan/plan.ts';
import { head, load, one, steps } from './bad-plan.ts';
import { compiled, readPlan } from './read-plan.ts';

const uploadsOf = (text: string): ReadonlyMap<string, Uint8Array> => {
  const parsed = readPlan(text);
  if (parsed.kind === 'problems') throw new Error('It was refused.');
  return parsed.uploads;
};

const keyOf = (body: Uint8Array | string): string =>
  `uploads/${createHash('sha256').update(body).digest('hex')}`;

const firstStep = (text: string): Step | undefined => compiled(text).scenarios[0]?.steps[0];

const photo = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0xff);
const photoReference = { file: 'images/photo.png', upload: keyOf(photo), bytes: 6 };

describe('the files of a plan', () => {
  it('accepts once with exactly as many rows as arrivals', () => {
    const plan = compiled(
      'version: 1\ntarget: http://localhost\nload: [{ for: 4s, rate: 1 }]\nscenarios:\n- { name: a, weight: 3, data: { file: users.csv, use: once }, steps: [{ get: / }] }\n- { name: b, steps: [{ get: / }] }\n',
    );
    expect(plan.scenarios[0]?.data?.rowCount).toBe(3);
  });

  it('uploads each data file once, under the digest of its bytes', () => {
    const parsed = readPlan(
      `${head}${load}scenarios:\n- { name: a, data: { file: users.csv, use: cycle }, steps: [{ get: / }] }\n- { name: b, data: { file: users.csv, use: random }, steps: [{ get: / }] }\n`,
    );
    if (parsed.kind === 'problems') throw new Error('It was refused.');
    const [entry] = parsed.uploads;
    const [key = '', body = new Uint8Array()] = entry ?? [];
    expect(parsed.uploads.size).toBe(1);
    expect(key).toBe(`uploads/${createHash('sha256').update(body).digest('hex')}`);
    expect(parsed.plan.scenarios.map(({ data }) => data)).toEqual(
      ['cycle', 'random'].map((use) => ({
        file: 'users.csv',
        use,
        upload: key,
        rowCount: 3,
        columns: ['user', 'email'],
      })),
    );
  });

  it('are uploaded once, however many steps name them', () => {
    const text = steps(
      '{ post: /a, upload: images/photo.png }\n  - { put: /b, multipart: { a: { file: images/photo.png }, b: { file: images/photo.png } } }',
    );
    expect([...uploadsOf(text)]).toEqual([[photoReference.upload, photo]]);
  });

  it('are sent as they are, as octets unless a header says otherwise', () => {
    expect(firstStep(steps('{ post: /a, upload: images/photo.png }'))).toMatchObject({
      body: { format: 'file', file: photoReference },
      headers: [['content-type', 'application/octet-stream']],
    });
    expect(
      firstStep(steps('{ post: /a, upload: images/photo.png, headers: { Content-Type: image/png } }')),
    ).toMatchObject({ headers: [['Content-Type', 'image/png']] });
  });

  it('are parts of a body under their own name and type, or the given ones', () => {
    const text = steps(
      '{ post: /a, multipart: { title: "for {{$now}}", n: 3, a: { file: images/photo.png }, b: { file: images/photo.png, name: b.png, type: image/png } } }',
    );
    expect(firstStep(`headers: { content-type: text/plain }\n${text}`)).toMatchObject({
      headers: [],
      body: {
        format: 'multipart',
        parts: [
          { name: 'title', kind: 'text', template: 'for {{$now}}' },
          { name: 'n', kind: 'text', template: '3' },
          {
            name: 'a',
            kind: 'file',
            file: photoReference,
            fileName: 'photo.png',
            contentType: 'application/octet-stream',
          },
          { name: 'b', kind: 'file', file: photoReference, fileName: 'b.png', contentType: 'image/png' },
        ],
      },
    });
  });

  it('may be certificates and the key that belongs to one', () => {
    const text = `${head}${load}${one}tls: { ca: ca.pem, cert: client.pem, key: client.key }\n`;
    const { tls } = compiled(text);
    expect(tls).toMatchObject({
      ca: { file: 'ca.pem' },
      cert: { file: 'client.pem' },
      key: { file: 'client.key' },
      verify: true,
    });
    expect([...uploadsOf(text).keys()].sort()).toEqual(
      [tls.ca, tls.cert, tls.key].map((reference) => reference?.upload).sort(),
    );
  });

  it('may be hooks, which are uploaded as compiled', () => {
    const text = `hooks: hooks.ts\n${steps('{ get: /a, before: sign, after: check }')}`;
    const body = 'compiled hooks.ts';
    expect(compiled(text).hooks).toEqual({
      file: 'hooks.ts',
      upload: keyOf(body),
      bytes: body.length,
      exports: ['sign', 'check'],
    });
    expect([...uploadsOf(text).keys()]).toEqual([keyOf(body)]);
    expect(firstStep(text)).toMatchObject({ before: 'sign', after: 'check' });
  });
});

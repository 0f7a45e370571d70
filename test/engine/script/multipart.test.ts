import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileContent } from '../../../src/engine/script/compile-content.ts';
import { compileMultipart } from '../../../src/engine/script/multipart.ts';
import type { MultipartPart } from '../../../src/plan/plan.ts';
import { aScope } from '../support/a-plan.ts';

const aFile = (upload: string, bytes: Uint8Array) => ({ file: `./${upload}`, upload, bytes: bytes.length });
const filesOf = (entries: readonly (readonly [string, Uint8Array])[]) => new Map(entries);

/** The form as another implementation reads it. */
const readBack = async (
  body: Buffer,
  contentType = '',
): Promise<readonly (readonly [string, string | File])[]> => {
  const form = await new Response(new Uint8Array(body), {
    headers: { 'content-type': contentType },
  }).formData();
  return [...form];
};

describe('a multipart body', () => {
  it('is read back as what it was made of', async () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter((each) => !/["\r\n%]/.test(each));
    const text = fc.record({
      kind: fc.constant('text' as const),
      name,
      value: fc.string({ unit: 'grapheme' }),
    });
    const file = fc.record({
      kind: fc.constant('file' as const),
      name,
      fileName: name,
      contentType: fc.constantFrom('image/png', 'text/plain', 'application/x-a'),
      bytes: fc.uint8Array(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(text, file), { minLength: 1, maxLength: 5 }), async (given) => {
        const files = new Map<string, Uint8Array>();
        const row: Record<string, string> = {};
        const parts = given.map((part, index): MultipartPart => {
          if (part.kind === 'file') {
            files.set(`u${index}`, part.bytes);
            return { ...part, file: aFile(`u${index}`, part.bytes) };
          }
          row[`v${index}`] = part.value;
          return { kind: 'text', name: part.name, template: `{{v${index}}}` };
        });
        const content = compileMultipart(parts, new Map(), files);
        const back = await readBack(content.render(aScope({ row })), content.contentType);
        expect(back).toHaveLength(given.length);
        for (const [index, part] of given.entries()) {
          const [shownName, value] = back[index] ?? [];
          expect(shownName).toBe(part.name);
          if (part.kind === 'text') expect(value).toBe(part.value);
          else {
            if (!(value instanceof File)) throw new Error('not a file');
            expect([value.name, value.type]).toEqual([part.fileName, part.contentType]);
            expect(Buffer.from(await value.arrayBuffer()).equals(Buffer.from(part.bytes))).toBe(true);
          }
        }
      }),
    );
  });

  it('escapes names as browsers do', () => {
    const bytes = Buffer.from('x');
    const content = compileMultipart(
      [
        { kind: 'text', name: 'a"b\r\nc: d', template: 'v' },
        { kind: 'file', name: 'f', file: aFile('u', bytes), fileName: '"é.txt', contentType: 'a/b' },
      ],
      new Map(),
      filesOf([['u', bytes]]),
    );
    const text = content.render(aScope()).toString('utf8');
    expect(text).toContain('\r\ncontent-disposition: form-data; name="a%22b%0D%0Ac: d"\r\n\r\nv\r\n--');
    expect(text).toContain('; name="f"; filename="%22é.txt"\r\ncontent-type: a/b\r\n\r\nx\r\n--');
  });

  it('is made once when nothing in it varies, and has the same boundary in each run', () => {
    const parts = [{ kind: 'text' as const, name: 'a', template: '{{v}}' }];
    const fixed = compileMultipart(parts, new Map([['v', 'x']]), new Map());
    expect(fixed.render(aScope())).toBe(fixed.constant);
    expect(fixed.contentType).toBe(compileMultipart(parts, new Map([['v', 'x']]), new Map()).contentType);
    expect(compileMultipart(parts, new Map(), new Map()).constant).toBeUndefined();
  });

  it('takes another boundary when a file contains it', () => {
    const boundaryOf = (bytes: Uint8Array): string => {
      const part = {
        kind: 'file',
        name: 'f',
        file: aFile('u', bytes),
        fileName: 'f',
        contentType: 'a/b',
      } as const;
      const { contentType } = compileMultipart([part], new Map(), filesOf([['u', bytes]]));
      return contentType?.split('boundary=')[1] ?? '';
    };
    const first = boundaryOf(Buffer.from(''));
    const second = boundaryOf(Buffer.from(`--${first}`));
    expect(second).not.toBe(first);
    expect(second.length).toBeLessThanOrEqual(70);
  });

  it('refuses a value that contains its boundary', () => {
    const content = compileMultipart([{ kind: 'text', name: 'a', template: '{{v}}' }], new Map(), new Map());
    const boundary = content.contentType?.split('boundary=')[1] ?? '';
    expect(() => content.render(aScope({ row: { v: `x${boundary}` } }))).toThrow('contains its boundary');
  });
});

describe('a file as a body', () => {
  it('is sent byte for byte, from where it lies', () => {
    const whole = Uint8Array.from([9, 0, 255, 13, 10, 9]);
    const content = compileContent(
      { format: 'file', file: aFile('u', whole) },
      new Map(),
      filesOf([['u', whole.subarray(1, 5)]]),
    );
    expect([...content.render(aScope())]).toEqual([0, 255, 13, 10]);
    expect(content.constant?.buffer).toBe(whole.buffer);
  });

  it('has to be there', () => {
    const file = aFile('u', Buffer.from(''));
    expect(() => compileContent({ format: 'file', file }, new Map(), new Map())).toThrow(
      'the contents of ./u are missing',
    );
  });
});

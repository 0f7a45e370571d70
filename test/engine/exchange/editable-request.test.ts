import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EditableRequest } from '../../../src/engine/exchange/editable-request.ts';
import { parseOrigin } from '../../../src/engine/origin.ts';
import type { OutgoingRequest, RequestMessage } from '../../../src/engine/transport.ts';

const aMessage = (overrides: Partial<RequestMessage> = {}): RequestMessage => ({
  method: 'POST',
  path: '/v2/x?y=z',
  headers: [['Content-Type', 'text/plain']],
  body: Buffer.from('grün'),
  ...overrides,
});
const anOutgoing = (form: RequestMessage): OutgoingRequest => ({
  origin: parseOrigin('http://shop.test').origin,
  method: form.method,
  idempotent: false,
  closes: false,
  form,
});
const edited = (
  edit: (request: EditableRequest) => void,
  message: Partial<RequestMessage> = {},
  textBody = true,
) => {
  const form = aMessage(message);
  const editable = new EditableRequest(form, textBody);
  edit(editable);
  const outgoing = editable.applyTo(anOutgoing(form));
  if (Buffer.isBuffer(outgoing.form)) throw new Error('bytes');
  return { ...outgoing, form: outgoing.form };
};

describe('a request in the hands of a hook', () => {
  it('is the same request when nothing is changed, with lower-case names', () => {
    const { form, closes } = edited((request) => void request.body);
    expect(form).toEqual({ ...aMessage(), headers: [['content-type', 'text/plain']] });
    expect(closes).toBe(false);
  });

  it('shows a text as a text, and bytes as bytes that are its own', () => {
    edited((request) => expect(request.body).toBe('grün'));
    const original = Buffer.from([1, 2]);
    const { form } = edited(
      (request) => {
        if (typeof request.body === 'string') throw new Error('a text');
        request.body[0] = 9;
      },
      { body: original },
      false,
    );
    expect([...original]).toEqual([1, 2]);
    expect([...(form.body ?? [])]).toEqual([9, 2]);
  });

  it('takes a new path, headers and body', () => {
    const { form, closes } = edited((request) => {
      request.path = '/a b?q=ü#x';
      request.headers['X-Sign'] = 'é';
      request.headers.connection = 'close';
      request.headers['Content-Length'] = '7';
      request.body = '1 €';
    });
    expect(form.path).toBe('/a%20b?q=%C3%BC%23x');
    expect(form.headers).toEqual([
      ['content-type', 'text/plain'],
      ['x-sign', 'é'],
      ['connection', 'close'],
    ]);
    expect(form.body?.toString()).toBe('1 €');
    expect(closes).toBe(true);
  });

  it('sends no body with a method that had none, unless it is given one', () => {
    const get = { method: 'GET', body: undefined };
    expect(edited((request) => void request.body, get).form.body).toBeUndefined();
    expect(edited((request) => void Object.assign(request, { body: '' }), get).form.body).toBeUndefined();
    expect(edited((request) => void Object.assign(request, { body: 'x' }), get).form.body?.toString()).toBe(
      'x',
    );
    expect(edited((request) => void Object.assign(request, { body: '' })).form.body).toHaveLength(0);
  });

  it.each<[string, object, string]>([
    ['path', { path: 'https://other.test/' }, 'begins with a slash'],
    ['path', { path: undefined }, 'begins with a slash'],
    ['body', { body: { a: 1 } }, 'a text or a Uint8Array'],
    ['body', { body: null }, 'a text or a Uint8Array'],
    ['header', { headers: { x: 'a\r\nb: c' } }, 'line break or NUL in the value of header x'],
    ['header', { headers: { 'a\r\nb': 'c' } }, '"a\\r\\nb" is not a header\'s name'],
    ['header', { headers: { x: ['a'] } }, 'the value of header x is not a text'],
  ])('cannot have the %s of %j', (_part, change, message) => {
    expect(() => edited((request) => void Object.assign(request, change))).toThrow(message);
  });

  it('counts a number as a text and undefined as no header', () => {
    const { form } = edited((request) => void Object.assign(request, { headers: { n: 7, gone: undefined } }));
    expect(form.headers).toEqual([['n', '7']]);
  });

  it('never has a line break where it would begin another line', () => {
    const anything = fc.string({ unit: fc.constantFrom('a', ':', ' ', '\r', '\n', '\0', 'é', '/') });
    fc.assert(
      fc.property(anything, anything, anything, (path, name, value) => {
        try {
          const { form } = edited((request) => {
            request.path = `/${path}`;
            request.headers[name] = value;
          });
          expect(`${form.path}${form.headers.flat().join('')}`).not.toMatch(/[\r\n\0]/);
        } catch (error) {
          expect(error).toHaveProperty('name', 'UnusableEdit');
        }
      }),
    );
  });
});

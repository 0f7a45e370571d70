import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ArrivalScope } from '../../../src/engine/script/arrival-scope.ts';
import {
  type CompiledRequest,
  compileRequest,
  userAgent,
} from '../../../src/engine/script/compile-request.ts';
import { encodeForForm, encodeForJson, encodeForUrl } from '../../../src/engine/script/encode-value.ts';
import type { RequestStep } from '../../../src/plan/plan.ts';
import { aRequest, aScope } from '../support/a-plan.ts';

const target = 'http://shop.test:8080/v2';

const compile = (step: Partial<RequestStep>, constants: Record<string, string> = {}) =>
  compileRequest(aRequest(step), {
    target,
    constants: new Map(Object.entries(constants)),
    asMessages: false,
    keepAlive: true,
    files: new Map(),
    features: undefined,
  });

const bytesOf = (request: CompiledRequest, scope: ArrivalScope): string => {
  const { form } = request.outgoing(scope);
  return form instanceof Uint8Array ? form.toString('utf8') : 'a message';
};

const rendered = (
  step: Partial<RequestStep>,
  row: Record<string, string> = {},
  variables: Record<string, string> = {},
): string => {
  return bytesOf(compile(step), aScope({ row, variables }));
};
const lineOf = (text: string): string | undefined => text.split('\r\n')[0];

describe('compiled request', () => {
  it('is the whole request, with the headers that are always sent', () => {
    expect(rendered({ url: '/products' })).toBe(
      'GET /v2/products HTTP/1.1\r\nhost: shop.test:8080\r\nuser-agent: stormdrain/0.1.0\r\naccept: */*\r\n\r\n',
    );
  });

  it('names the version of the package', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(userAgent).toBe(`stormdrain/${version}`);
  });

  it('lets the plan replace host, user-agent and accept, but not the length', () => {
    const text = rendered(
      {
        method: 'POST',
        headers: [
          ['Host', 'other'],
          ['User-Agent', 'me'],
          ['ACCEPT', 'a/b'],
          ['Content-Length', '99'],
          ['X-Id', '{{id}}'],
        ],
        body: { format: 'text', template: 'grün {{id}}' },
      },
      { id: 'é' },
    );
    expect(text).toBe(
      'POST /v2/ HTTP/1.1\r\nHost: other\r\nUser-Agent: me\r\nACCEPT: a/b\r\nX-Id: é\r\ncontent-length: 8\r\n\r\ngrün é',
    );
  });

  it('sends a length of 0 for a method that takes a body, and none for others', () => {
    expect(rendered({ method: 'POST' })).toContain('content-length: 0\r\n\r\n');
    expect(rendered({ method: 'DELETE' })).not.toContain('content-length');
  });

  it.each([
    ['/a{{v}}', 'x y', 'GET /v2/ax%20y HTTP/1.1'],
    ['/{{v}}', 'a/b?c=d&e=%20', 'GET /v2/a/b?c=d&e=%20 HTTP/1.1'],
    ['/{{v}}', 'é\r\n"<>#{}', 'GET /v2/%C3%A9%0D%0A%22%3C%3E%23%7B%7D HTTP/1.1'],
    ['/a b?q=ü#fragment {{v}}', 'x', 'GET /v2/a%20b?q=%C3%BC HTTP/1.1'],
    ['/{{{{#fragment {{v}}', 'x', 'GET /v2/%7B%7B HTTP/1.1'],
    ['/{{$randomItem a#b a#b}}/{{v}}', 'x', 'GET /v2/a%23b/x HTTP/1.1'],
    ['https://127.0.0.1:8443/abs/{{v}}', 'x', 'GET /abs/x HTTP/1.1'],
    ['http://127.0.0.1?q={{v}}', 'x', 'GET /?q=x HTTP/1.1'],
    ['http://127.0.0.1{{v}}', '.evil.test/', 'GET /.evil.test/ HTTP/1.1'],
  ])('writes %s with %j as %s', (url, v, line) => {
    expect(lineOf(rendered({ url }, { v }))).toBe(line);
  });

  it('takes origin and host header of an absolute URL', () => {
    const { origin } = compile({ url: 'https://[::1]:443/x' }).outgoing(aScope());
    expect(origin).toEqual({
      key: 'https://[::1]',
      secure: true,
      host: '::1',
      port: 443,
      authority: '[::1]',
    });
  });

  it.each([
    ['json', '{"a":"{{v}}"}', 'q"\\\n', '{"a":"q\\"\\\\\\n"}'],
    ['form', 'a={{v}}&b=c', 'x&y= +é', 'a=x%26y%3D%20%2B%C3%A9&b=c'],
    ['text', '<{{v}}>', '"&\n', '<"&\n>'],
  ] as const)('escapes a value in a %s body', (format, template, v, body) => {
    const text = rendered({ method: 'POST', body: { format, template } }, { v });
    expect(text.split('\r\n\r\n')[1]).toBe(body);
    expect(text).toContain(`content-length: ${Buffer.byteLength(body)}\r\n`);
  });

  it('prefers captures to data columns, and data columns to variables', () => {
    const scope = aScope({ variables: { a: 'v', b: 'v', c: 'v' }, row: { b: 'row', c: 'row' } });
    scope.capture('c', 'captured');
    const request = compile({ url: '/{{a}}/{{b}}/{{c}}' });
    expect(lineOf(bytesOf(request, scope))).toBe('GET /v2/v/row/captured HTTP/1.1');
  });

  it('refuses a header value that would end the line, and a variable without a value', () => {
    expect(() => rendered({ headers: [['x', '{{v}}']] }, { v: 'a\r\nb: c' })).toThrow(/header x/);
    expect(() => rendered({ url: '/{{nope}}' })).toThrow('no value for {{nope}}');
    expect(() => rendered({ url: '/{{constructor}}' })).toThrow('no value for {{constructor}}');
  });

  it('is rendered once when nothing in it varies', () => {
    const request = compile({ url: '/{{v}}' }, { v: 'x' });
    expect(request.outgoing(aScope())).toBe(request.outgoing(aScope()));
  });

  it('draws generated values from the stream of the arrival', () => {
    const request = compile({ url: '/{{$uuid}}' });
    const of = (arrival: number): string => bytesOf(request, aScope({ arrival }));
    expect(of(1)).toBe(of(1));
    expect(of(1)).not.toBe(of(2));
  });
});

describe('encoding a value', () => {
  const anyText = fc.string({ unit: 'binary' });

  it('leaves nothing in a URL that may not be sent', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(encodeForUrl(text)).toMatch(/^[!$%&'()*+,\-./0-9:;=?@A-Z[\]_a-z~]*$/);
      }),
    );
  });

  it('survives a JSON string and a form', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(JSON.parse(`"${encodeForJson(text)}"`)).toBe(text);
        expect(new URLSearchParams(`a=${encodeForForm(text)}`).get('a')).toBe(text.toWellFormed());
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ArrivalScope } from '../../../src/engine/script/arrival-scope.ts';
import { compileCheck } from '../../../src/engine/script/check-response.ts';
import { equalJson } from '../../../src/engine/script/json-template.ts';
import type { Keep, ReceivedResponse } from '../../../src/engine/transport.ts';
import type { Capture, Expectation } from '../../../src/plan/plan.ts';
import { aRequest, aScope } from '../support/a-plan.ts';

const response = (body = '', headers: Record<string, string> = {}, status = 200): ReceivedResponse => ({
  status,
  header: (name) => headers[name],
  headerValues: (name) => (headers[name] === undefined ? [] : [headers[name]]),
  headerLines: () => Object.entries(headers),
  body: () => Buffer.from(body),
});
const scopeWith = (row: Record<string, string> = {}): ArrivalScope => aScope({ row });
const checked = (
  expect: readonly Expectation[],
  source: ReceivedResponse,
  row: Record<string, string> = {},
) => compileCheck(aRequest({ expect }), new Map()).check(source, scopeWith(row));

describe('expectations', () => {
  it('accept any status below 400 unless one is expected', () => {
    expect(checked([], response('', {}, 399))).toBeUndefined();
    expect(checked([], response('', {}, 500))).toEqual({
      kind: 'unexpected status',
      detail: 'expected status below 400, got 500',
    });
    expect(checked([{ on: 'status', oneOf: [404] }], response('', {}, 404))).toBeUndefined();
    expect(checked([{ on: 'status', oneOf: [200, 201] }], response('', {}, 500))?.detail).toBe(
      'expected status 200 or 201, got 500',
    );
  });

  it.each<[Expectation, string | undefined]>([
    [{ on: 'header', name: 'X-A', match: { how: 'equals', text: 'one {{v}}' } }, undefined],
    [
      { on: 'header', name: 'x-a', match: { how: 'equals', text: 'two' } },
      'expected header x-a to be "two", got "one two"',
    ],
    [{ on: 'header', name: 'x-b', match: { how: 'contains', text: '' } }, 'expected header x-b, got none'],
    [{ on: 'body', match: { how: 'contains', text: '{{v}}' } }, undefined],
    [
      { on: 'body', match: { how: 'contains', text: 'zwei' } },
      'expected body to contain "zwei", got "{\\"a\\":[1,{\\"b\\":\\"two\\",\\"c\\":null}]}"',
    ],
    [{ on: 'body', match: { how: 'matches', regex: '"b":"t.o"' } }, undefined],
    [
      { on: 'body', match: { how: 'matches', regex: '^b' } },
      'expected body to match "^b", got "{\\"a\\":[1,{\\"b\\":\\"two\\",\\"c\\":null}]}"',
    ],
    [{ on: 'json', path: '$.a[0]', equals: 1 }, undefined],
    [{ on: 'json', path: '$.a[0]', equals: '1' }, 'expected $.a[0] to be "1", got 1'],
    [{ on: 'json', path: '$.a[1].b', equals: '{{v}}' }, undefined],
    [{ on: 'json', path: '$.a[1]', equals: { c: null, b: '{{v}}' } }, undefined],
    [{ on: 'json', path: '$..b', equals: 'two' }, undefined],
    [{ on: 'json', path: '$.z', equals: null }, 'expected $.z to be null, got nothing'],
  ])('%j', (expectation, detail) => {
    const source = response('{"a":[1,{"b":"two","c":null}]}', { 'x-a': 'one two' });
    expect(checked([expectation], source, { v: 'two' })).toEqual(
      detail === undefined ? undefined : { kind: 'failed expectation', detail },
    );
  });

  it('say so when the body is not JSON', () => {
    expect(checked([{ on: 'json', path: '$', equals: 1 }], response('<html>'))?.detail).toBe(
      'expected JSON, got "<html>"',
    );
  });

  it('ask to keep only what something looks at', () => {
    const needs = (expect: readonly Expectation[], capture: readonly Capture[] = []): Keep =>
      compileCheck(aRequest({ expect, capture }), new Map()).keep;
    expect(needs([{ on: 'status', oneOf: [200] }])).toBe('nothing');
    expect(needs([], [{ variable: 'a', from: 'header', name: 'b' }])).toBe('head');
    expect(needs([{ on: 'body', match: { how: 'contains', text: 'x' } }])).toBe('head and body');
    expect(needs([], [{ variable: 'a', from: 'regex', regex: 'b' }])).toBe('head and body');
  });
});

describe('captures', () => {
  it.each<[Capture, string]>([
    [{ variable: 'x', from: 'json', path: '$.items[*].id' }, '7'],
    [{ variable: 'x', from: 'json', path: '$.name' }, 'a "b"'],
    [{ variable: 'x', from: 'json', path: '$.items[0]' }, '{"id":7}'],
    [{ variable: 'x', from: 'regex', regex: '"id":(\\d+)' }, '7'],
    [{ variable: 'x', from: 'regex', regex: '"id":\\d+' }, '"id":7'],
    [{ variable: 'x', from: 'header', name: 'Location' }, '/orders/1'],
  ])('%j', (capture, value) => {
    const scope = scopeWith();
    const source = response('{"items":[{"id":7},{"id":8}],"name":"a \\"b\\""}', { location: '/orders/1' });
    expect(compileCheck(aRequest({ capture: [capture] }), new Map()).check(source, scope)).toBeUndefined();
    expect(scope.valueOf('x')).toBe(value);
  });

  it.each<[Capture, string]>([
    [{ variable: 'x', from: 'json', path: '$.id' }, 'nothing at $.id to capture as x'],
    [{ variable: 'x', from: 'regex', regex: 'id=(.)' }, 'nothing at /id=(.)/ to capture as x'],
    [{ variable: 'x', from: 'header', name: 'Location' }, 'no header Location to capture as x'],
  ])('%j fails when nothing is found', (capture, detail) => {
    const check = compileCheck(aRequest({ capture: [capture] }), new Map());
    expect(check.check(response('no'), scopeWith())).toEqual({ kind: 'failed capture', detail });
  });
});

describe('JSON equality', () => {
  it('holds for a value and its copy, whatever the order of keys', () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, each]) => [key, reversed(each)]),
      );
    };
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        expect(equalJson(one, reversed(one))).toBe(true);
        const written = (value: unknown): string => JSON.stringify(value);
        if (written(one) === written(other)) expect(equalJson(one, other)).toBe(true);
        if (!equalJson(one, other)) expect(written(one)).not.toBe(written(other));
      }),
    );
    expect(equalJson({ a: 1 }, { a: 1, b: 2 })).toBe(false);
    expect(equalJson([1], { 0: 1 })).toBe(false);
  });
});

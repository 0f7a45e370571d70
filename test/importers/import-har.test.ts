import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineCounter, parseDocument } from 'yaml';
import { decidePause } from '../../src/importers/har-entries.ts';
import { harEntryLines } from '../../src/importers/har-places.ts';
import { importHar } from '../../src/importers/import-har.ts';
import { parseTemplate } from '../../src/plan/template.ts';
import { carried, fixture, leftoversOf, planOf, planText, requestsOf } from './read-import.ts';

const options = { name: 'recording', allOrigins: false };
const har = (...entries: readonly unknown[]): string => JSON.stringify({ log: { entries } });
const anEntry = (request: object, response: object = {}, rest: object = {}) => ({
  request: { method: 'GET', url: 'http://127.0.0.1/', headers: [], ...request },
  response: { status: 200, content: { mimeType: 'text/html' }, ...response },
  ...rest,
});

describe('a recording of Chrome', () => {
  const imported = importHar(fixture('chrome.har'), options);
  const plan = planOf(imported);

  it('becomes the steps of its own origin, in order, with pauses and statuses', () => {
    expect(plan.target).toBe('https://shop.test');
    expect(plan.cookies).toBe(true);
    expect(requestsOf(plan).map(({ name }) => name)).toEqual([
      'GET /',
      'GET /style.css',
      'GET /logo.png',
      'POST /api/orders',
      'POST /api/exact',
    ]);
    expect(requestsOf(plan).map(({ url }) => url)).toContain('/api/orders?from=home');
    expect(requestsOf(plan).map(({ expect: [first] }) => first)).toEqual(
      [[200], [200], [200, 304], [201], [422]].map((oneOf) => ({ on: 'status', oneOf })),
    );
    expect(plan.scenarios[0]?.steps[3]).toEqual({ kind: 'think', minSeconds: 3.2, maxSeconds: 3.2 });
  });

  it('sends JSON as JSON, but as it was recorded where a number is too long for that', () => {
    const [, , , order, exact] = requestsOf(plan);
    expect(order?.body).toMatchObject({ format: 'json' });
    expect(exact?.body).toEqual({ format: 'text', template: '{"id":12345678901234567890}' });
    expect(exact?.headers).toContainEqual(['content-type', 'application/json; charset=UTF-8']);
  });

  it('keeps braces of the recording from being variables', () => {
    const body = requestsOf(plan)[3]?.body;
    const template = body?.format === 'json' ? body.template : '';
    expect(parseTemplate(template).map(({ kind }) => kind)).toEqual(['text']);
    expect(template).toContain('for {{{{you}}');
  });

  it('leaves out what only browsers and connections need, and keeps no cookie of the recording', () => {
    const names = new Set(requestsOf(plan).flatMap(({ headers }) => headers.map(([name]) => name)));
    expect([...names].sort()).toEqual([
      'accept',
      'accept-encoding',
      'accept-language',
      'content-type',
      'user-agent',
    ]);
  });

  it('lists everything else, with the line it is on', () => {
    expect(leftoversOf(imported)).toEqual([
      '- headers that only browsers send: sec-ch-ua, sec-fetch-mode',
      '- cookies that the browser had before the recording began: seen',
      '252 https://shop.test/old.js: it came from the cache of the browser',
      '324 a request to https://cdn.test, another origin (--all-origins keeps them)',
      '395 https://metrics.test/beacon: it was blocked, or never answered',
      '466 data:image/png;base64,AAAA: not a request over HTTP',
      '503 wss://shop.test/live: a WebSocket',
    ]);
    expect(carried(imported).notes).toContain(
      '2 of 5 requests are for images, styles, scripts, fonts or media',
    );
    for (const { what } of carried(imported).leftovers) expect(planText(imported)).toContain(what);
  });

  it('keeps other origins when asked to', () => {
    const all = planOf(importHar(fixture('chrome.har'), { ...options, allOrigins: true }));
    expect(requestsOf(all).map(({ url }) => url)).toContain('https://cdn.test/lib.js');
  });
});

describe('a recording of Firefox', () => {
  const imported = importHar(fixture('firefox.har'), options);
  const plan = planOf(imported);

  it('is read with its byte order mark, forms and parts', () => {
    const bodies = requestsOf(plan).flatMap(({ body }) => (body === undefined ? [] : [body]));
    expect(bodies.map(({ format }) => format)).toEqual(['form', 'text', 'text']);
    expect(bodies[0]).toMatchObject({ template: 'user=a%20b&pw=x%26y' });
    expect(bodies[1]).toMatchObject({ template: expect.stringContaining('\r\n\r\nhello {{{{{{{{ \r\n') });
    // Two fields of one name are no mapping.
    expect(bodies[2]).toMatchObject({ template: 'tag=a&tag=b' });
  });

  it('knows the cookies that the recording itself has set', () => {
    expect(leftoversOf(imported).join()).not.toContain('cookies that the browser had');
    expect(plan.cookies).toBe(true);
  });

  it('lists methods that a plan does not have', () => {
    expect(leftoversOf(imported)).toContain('1 PROPFIND /dav: a plan has no such method');
  });
});

describe('a recording of Playwright', () => {
  const imported = importHar(fixture('playwright.har'), options);

  it('is put in the order in which the requests began', () => {
    expect(requestsOf(planOf(imported)).map(({ name }) => name)).toEqual([
      'GET /',
      'PUT /files/1',
      'POST /bytes',
    ]);
  });

  it('lists contents that it does not have', () => {
    expect(leftoversOf(imported)).toEqual([
      '13 PUT /files/1: the file a.png in the field file: its content is not recorded',
      '119 POST /bytes: a body of 512 bytes: it is not recorded',
      '162 a request to http://localhost:4001, another origin (--all-origins keeps them)',
      '209 http://localhost:4000/gone: it was blocked, or never answered',
    ]);
  });
});

describe('a HAR file', () => {
  it.each([
    ['no JSON', '<html>'],
    ['other JSON', '{"entries": []}'],
    ['nothing recorded', har()],
    ['nothing answered', har(anEntry({}, { status: 0 }))],
  ])('is refused with %s', (_, text) => {
    expect(importHar(text, options)).toMatchObject({ kind: 'problem' });
  });

  it('may lack all that recorders leave out', () => {
    const text = har({ request: { method: 'GET', url: 'http://h.test/x' }, response: { status: 204 } }, {});
    const imported = importHar(text, options);
    expect(requestsOf(planOf(imported)).map(({ url }) => url)).toEqual(['/x']);
    expect(leftoversOf(imported)).toEqual(['1 an entry without a request']);
  });

  it('hides a password of a URL in the settings of its step', () => {
    const plan = planOf(importHar(har(anEntry({ url: 'http://me:p%40ss@h.test/' })), options));
    expect(requestsOf(plan)[0]).toMatchObject({ url: '/', auth: { user: 'me', password: 'p@ss' } });
  });

  it('says so of a body that is too long for a plan', () => {
    const request = { method: 'POST', postData: { mimeType: 'text/plain', text: 'x'.repeat(300_000) } };
    expect(leftoversOf(importHar(har(anEntry(request)), options))).toEqual([
      '1 POST /: a body of 300000 characters: put it into a file, and send it with upload',
    ]);
  });

  it('gives a right plan whatever was recorded', () => {
    const anything = fc.string({ unit: 'binary', maxLength: 30 });
    const header = fc.record({
      name: fc.oneof(fc.constantFrom('Accept', 'content-type', ':path'), anything),
      value: anything,
    });
    const entry = fc.record({
      request: fc.record({
        method: fc.constantFrom('GET', 'post', 'PUT', 'HEAD', 'TRACE'),
        url: fc.oneof(
          fc.webUrl({ withQueryParameters: true, withFragments: true }),
          anything.map((text) => `http://h.test/a?${text}`),
        ),
        headers: fc.array(header, { maxLength: 4 }),
        postData: fc.option(
          fc.record({
            mimeType: fc.constantFrom(
              'application/json',
              'application/x-www-form-urlencoded',
              'text/plain',
              '',
            ),
            text: fc.oneof(anything, fc.json(), fc.webQueryParameters()),
          }),
          { nil: undefined },
        ),
      }),
      response: fc.record({ status: fc.constantFrom(200, 302, 304, 404, 0) }),
      startedDateTime: fc.date({ noInvalidDate: true }).map(String),
      time: fc.integer({ min: -1, max: 10_000 }),
    });
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 5 }), fc.boolean(), (entries, allOrigins) => {
        const imported = importHar(har(...entries), { name: 'any', allOrigins });
        if (imported.kind === 'problem') return;
        expect(requestsOf(planOf(imported)).length).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  });

  it('tells the line of every entry', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }), { maxLength: 5 }),
        fc.jsonValue(),
        fc.constantFrom(undefined, 1, '\t'),
        (entries, other, indent) => {
          const text = JSON.stringify(
            { entries: other, log: { pages: other, entries, more: other } },
            null,
            indent,
          );
          const counter = new LineCounter();
          const document = parseDocument(text.replaceAll('\t', ' '), {
            lineCounter: counter,
            uniqueKeys: false,
          });
          const lines = entries.map((_, index) => {
            const node = document.getIn(['log', 'entries', index], true) as { range: readonly number[] };
            return counter.linePos(node.range[0] ?? 0).line;
          });
          expect(harEntryLines(text)).toEqual(lines);
        },
      ),
    );
  });
});

describe('a pause', () => {
  it('is taken from half a second on, to a tenth, up to an hour', () => {
    expect([0, 499, 500, 1249, 1250, 1e9].map((gap) => decidePause(1000, 1000 + gap))).toEqual([
      0, 0, 0.5, 1.2, 1.3, 3600,
    ]);
    expect(decidePause(Number.NaN, 1000)).toBe(0);
    expect(decidePause(5000, 1000)).toBe(0);
  });
});

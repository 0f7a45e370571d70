import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCurlOptions } from '../../src/importers/curl-options.ts';
import { readCurlScript } from '../../src/importers/curl-words.ts';
import { importCurl } from '../../src/importers/import-curl.ts';
import { parseTemplate } from '../../src/plan/template.ts';
import { fixture, leftoversOf, planOf, planText, requestsOf } from './read-import.ts';

const options = { name: 'commands' };
const curl = (words: string) => importCurl(`curl ${words}`, options);
const only = (words: string) => requestsOf(planOf(curl(words)))[0];
/** As a POSIX shell wants a text quoted. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

describe('what browsers copy as curl', () => {
  it('is imported from Chrome, several requests at once', () => {
    const imported = importCurl(fixture('chrome.curl.sh'), options);
    const plan = planOf(imported);
    const [order, products] = requestsOf(plan);
    expect(plan.target).toBe('https://shop.test');
    expect(order).toMatchObject({ method: 'POST', url: '/api/orders?from=home', name: 'POST /api/orders' });
    expect(order?.body).toEqual({
      format: 'json',
      template: '{"sku":7,"note":"it\'s {{{{great}}!"}',
    });
    expect(order?.headers).toContainEqual(['cookie', 'session=abc; theme=dark']);
    expect(products).toMatchObject({ method: 'GET', url: '/products' });
    expect(leftoversOf(imported)).toEqual(['- headers that only browsers send: sec-ch-ua, sec-fetch-mode']);
  });

  it('is imported from Firefox', () => {
    const imported = importCurl(fixture('firefox.curl.sh'), options);
    expect(requestsOf(planOf(imported))).toMatchObject([
      { method: 'POST', url: '/login', body: { format: 'form', template: 'user=a%20b&pw=x%26y' } },
    ]);
    expect(leftoversOf(imported)).toEqual([
      '- headers that only browsers send: priority, upgrade-insecure-requests',
    ]);
  });

  it('is imported from Chrome on Windows', () => {
    const imported = importCurl(fixture('windows.curl.txt'), options);
    expect(requestsOf(planOf(imported))).toMatchObject([
      { method: 'PUT', url: '/a?b=1&c=2', body: { format: 'json', template: '{"price":"5$"}' } },
    ]);
    expect(leftoversOf(imported)).toEqual([]);
  });
});

describe('a file of commands', () => {
  const imported = importCurl(fixture('session.curl.sh'), options);
  const plan = planOf(imported);

  it('keeps variables of the shell as variables of the plan', () => {
    expect(plan.target).toBe('http://127.0.0.1:8080');
    expect(plan.variables).toEqual({ BASE: 'http://127.0.0.1:8080', ID: '', TOKEN: 'none' });
    expect(requestsOf(plan)[0]).toMatchObject({ url: '/users/{{ID}}?full=1', redirects: 20 });
    expect(requestsOf(plan)[0]?.headers).toContainEqual(['Authorization', 'Bearer {{TOKEN}}']);
  });

  it('has the requests in order, with their bodies', () => {
    expect(requestsOf(plan).map(({ method, body }) => [method, body?.format])).toEqual([
      ['GET', undefined],
      ['PATCH', 'json'],
      ['POST', 'multipart'],
      ['GET', undefined],
      ['HEAD', undefined],
      ['PUT', 'file'],
      ['POST', 'file'],
    ]);
    expect(requestsOf(plan)[1]).toMatchObject({
      auth: { user: 'me', password: 'secret' },
      timeoutSeconds: 2.5,
    });
    expect(requestsOf(plan)[3]).toMatchObject({ url: '/search?q=a%20b%26c&page=1' });
  });

  it('has the settings that a plan has once', () => {
    expect(plan).toMatchObject({ http: 2, cookies: true, tls: { verify: false, cert: { file: 'me.pem' } } });
  });

  it('lists everything else, with the line it is on', () => {
    expect(leftoversOf(imported)).toEqual([
      '- the value of $ID: set it with --set ID=…',
      '4 jq .: not a call of curl',
      '4 --connect-timeout 3',
      '4 --proxy http://proxy.test:3128',
      '5 --form title=again: a second field called title',
      '6 --frobnicate',
      '8 --data @order.json: line breaks stay in; curl takes them out',
      '9 ftp://files.test/x: not a URL of HTTP',
      '9 a curl without a URL that a plan can use',
      '10 wget $BASE/: not a call of curl',
    ]);
    for (const line of leftoversOf(imported)) expect(planText(imported)).toContain(line.replace(/^\S+ /, ''));
  });
});

describe('a curl command', () => {
  it.each([
    ['no command', 'hello'],
    ['another command', 'wget http://a.test'],
    ['no URL', 'curl -v'],
    ['an unclosed quote', "curl 'http://a.test"],
    ['nothing', ''],
  ])('is missed in %s', (_, text) => {
    const imported = importCurl(text, options);
    if (text.includes("'"))
      expect(imported.kind === 'problem' || leftoversOf(imported).length > 0).toBe(true);
    else expect(imported).toMatchObject({ kind: 'problem' });
  });

  it.each([
    ['-XDELETE localhost:9/a', { method: 'DELETE', url: '/a' }],
    ['http://h.test', { method: 'GET', url: '/' }],
    ['h.test?a=1', { url: '/?a=1' }],
    ['-d a=1 -d b=2 h.test', { method: 'POST', body: { format: 'form', template: 'a=1&b=2' } }],
    ['-d a h.test', { method: 'POST', body: { format: 'text', template: 'a' } }],
    ['--data-urlencode "a=b c" h.test', { body: { format: 'form', template: 'a=b%20c' } }],
    ["--json '{}' h.test", { method: 'POST', body: { format: 'json', template: '{}' } }],
    [
      "-d '{\"a\":1}' -H 'content-type: application/json' h.test",
      { body: { format: 'json', template: '{"a":1}' } },
    ],
    ['-sSLk --max-redirs 3 h.test', { redirects: 3 }],
    ['http://me:pw@h.test/', { auth: { user: 'me', password: 'pw' } }],
    ['-u me:{{x}} h.test', { auth: { user: 'me', password: '{{{{x}}' } }],
    [
      '-b a=1 -b b=2 -A me h.test',
      {
        headers: [
          ['user-agent', 'me'],
          ['cookie', 'a=1; b=2'],
        ],
      },
    ],
    [
      '-r 0-9 --compressed h.test',
      {
        headers: [
          ['accept-encoding', 'gzip, deflate, br'],
          ['range', 'bytes=0-9'],
        ],
      },
    ],
    ['--oauth2-bearer t h.test', { headers: [['authorization', 'Bearer t']] }],
    ['-H "Accept:" -H "X-Empty;" h.test', { headers: [['X-Empty', '']] }],
    ['-I h.test', { method: 'HEAD' }],
  ])('%s', (words, expected) => {
    expect(only(words)).toMatchObject(expected);
    expect(leftoversOf(curl(words))).toEqual([]);
  });

  it.each([
    ['--digest -u a:b h.test', '1 --user: it goes with --digest, and a plan has basic authentication only'],
    ['-X BREW h.test h.test', '1 h.test: a plan has no method BREW'],
    ['"h.test/{a,b}"', '1 h.test/{a,b}: several URLs in one; it is sent as it is written'],
    ['-b jar.txt h.test', '1 --cookie jar.txt: the cookies in the file'],
    ['-d a=1 -d @f h.test', '1 --data @f: the content of the file as a part of the body'],
    ['--resolve h.test:80:127.0.0.1 h.test', '1 --resolve h.test:80:127.0.0.1'],
    ['-?  h.test', '1 -?'],
  ])('%s is not carried over silently', (words, leftover) => {
    const imported = importCurl(`curl ${words}; curl h.test`, options);
    expect(leftoversOf(imported)).toContain(leftover);
    expect(requestsOf(planOf(imported)).length).toBeGreaterThan(0);
  });

  it('reads its body from a here-document', () => {
    const imported = importCurl('curl h.test --json @- <<EOF\n{"a": 1}\nEOF\n', options);
    expect(requestsOf(planOf(imported))[0]?.body).toEqual({ format: 'json', template: '{"a":1}' });
  });

  it('has a target that can be set when only the shell knows its host or port', () => {
    const plan = planOf(importCurl('curl http://$HOST:$PORT/a; curl http://$HOST:$PORT/b', options));
    expect(plan.target).toBe('http://127.0.0.1:8080');
    expect(requestsOf(plan).map(({ url }) => url)).toEqual(['/a', '/b']);
  });

  it('says any text that is quoted', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { minLength: 1 }), (texts) => {
        const words = texts.map((text) => text.replace(/[\0\r]|\^"|\^\n/g, ''));
        const { calls } = readCurlScript(`curl ${words.map(quoted).join(' \\\n  ')}`);
        const read = calls[0]?.words.map((word) => {
          const parts = parseTemplate(word);
          return parts.map((part) => (part.kind === 'text' ? part.text : '?')).join('');
        });
        expect(read).toEqual(words);
      }),
    );
  });

  it('gives a right plan whatever it sends', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 30 }).map((value) => value.replaceAll('\0', ''));
    const option = fc.tuple(
      fc.constantFrom(
        '-d',
        '--data-raw',
        '--data-urlencode',
        '-F',
        '-H',
        '-b',
        '-A',
        '-u',
        '-m',
        '--json',
        '-x',
        '-e',
      ),
      text,
    );
    fc.assert(
      fc.property(fc.array(option, { maxLength: 5 }), text, (given, path) => {
        const words = given.flatMap(([name, value]) => [name, quoted(value)]);
        const imported = importCurl(`curl ${words.join(' ')} ${quoted(`http://h.test/${path}`)}`, options);
        if (imported.kind === 'imported') expect(requestsOf(planOf(imported))).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the options of curl', () => {
  it('are read as curl reads them', () => {
    const read = parseCurlOptions(['-sXPOST', 'u1', '-do', '-H', '-x', '--url', 'u2', '--next', '--', '-u3']);
    expect(read).toEqual([
      {
        options: [
          { name: 'silent', value: '' },
          { name: 'request', value: 'POST' },
          { name: 'data', value: 'o' },
          { name: 'header', value: '-x' },
        ],
        urls: ['u1', 'u2'],
      },
      { options: [], urls: ['-u3'] },
    ]);
  });
});

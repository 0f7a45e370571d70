import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../src/document/parse-quantity.ts';
import { parseArtilleryDuration, writeDuration } from '../../src/importers/artillery-values.ts';
import { importArtillery } from '../../src/importers/import-artillery.ts';
import { carried, fixture, leftoversOf, planOf, planText, requestsOf } from './read-import.ts';

const options = { name: 'script' };
const script = (flow: unknown, config: object = {}): string =>
  JSON.stringify({ config: { target: 'http://127.0.0.1', ...config }, scenarios: [{ flow }] });

describe('a script with everything', () => {
  const imported = importArtillery(fixture('shop.artillery.yml'), options);
  const plan = planOf(imported);

  it('has the load of its phases, with their names beside them', () => {
    expect(plan.load).toEqual({
      model: 'open',
      arrivals: 'even',
      stages: [
        { seconds: 60, from: 5, to: 5 },
        { seconds: 120, from: 5, to: 50 },
        { seconds: 30, from: 0, to: 0 },
        { seconds: 10, from: 2.5, to: 2.5 },
      ],
    });
    expect(planText(imported)).toContain('- { for: 2m, rate: 5 to 50 } # Ramp up\n');
  });

  it('behaves as the virtual users of Artillery do', () => {
    expect(plan).toMatchObject({ cookies: true, tls: { verify: false }, connections: { max: 20 } });
    const { redirects, timeoutSeconds, headers } = requestsOf(plan)[0] ?? {};
    expect({ redirects, timeoutSeconds }).toEqual({ redirects: 10, timeoutSeconds: 15 });
    expect(headers).toContainEqual(['x-api-key', '{{API_KEY}}']);
  });

  it('plays the same scenarios, loops played out as repeats', () => {
    expect(plan.scenarios.map(({ name, weight }) => [name, weight])).toEqual([
      ['Browse and buy', 7],
      ['scenario 3', 1],
    ]);
    expect(plan.scenarios[0]?.data).toMatchObject({ file: './users.csv', use: 'cycle' });
    expect(plan.scenarios[0]?.steps.map(({ kind }) => kind)).toEqual([
      'request',
      'think',
      'repeat',
      ...Array(6).fill('request'),
    ]);
    expect(requestsOf(plan).map(({ name }) => name)).toEqual([
      'log in',
      'GET /products/{{$randomInt 1 50}}?page={{_loopCount}}&sort=price%20up',
      'GET /poll',
      'GET /a',
      'GET /b',
      'POST /cart',
      'PUT /note?lang=en',
      'POST /pictures',
      'GET /health',
    ]);
  });

  it('carries over templates, captures and expectations', () => {
    const [login] = requestsOf(plan);
    expect(login?.body).toMatchObject({
      template: expect.stringContaining(
        '"colour":"{{$randomItem red green blue}}","pin":"{{$randomInt 1000 9999}}"',
      ),
    });
    expect(login?.capture).toEqual([
      { variable: 'token', from: 'json', path: '$.token' },
      { variable: 'session', from: 'header', name: 'x-session' },
    ]);
    expect(login?.expect).toEqual([
      { on: 'status', oneOf: [200] },
      { on: 'header', name: 'content-type', match: { how: 'contains', text: 'json' } },
    ]);
    const health = requestsOf(plan).at(-1);
    expect(health?.expect).toEqual([{ on: 'json', path: '$.status', equals: 'up' }]);
    // Without a group Artillery captures all that matches.
    expect(health?.capture).toEqual([{ variable: 'version', from: 'regex', regex: '(version ([0-9.]+))' }]);
  });

  it('carries over bodies, credentials and cookies', () => {
    const [cart, note, pictures] = requestsOf(plan).slice(5);
    expect(cart).toMatchObject({
      body: { format: 'form', template: 'sku={{sku}}&amount=2' },
      headers: expect.arrayContaining([['cookie', 'theme=dark']]),
      redirects: 0,
    });
    expect(note).toMatchObject({
      body: { format: 'text' },
      auth: { user: '{{username}}', password: 'secret' },
    });
    expect(pictures?.body).toMatchObject({
      format: 'multipart',
      parts: [
        { name: 'title', kind: 'text' },
        { name: 'picture', kind: 'file', contentType: 'image/png' },
      ],
    });
  });

  it('makes thresholds of what it ensures', () => {
    expect(plan.thresholds.map(({ text }) => text)).toEqual([
      'p95(service) < 250ms',
      'p99.9(service) < 1000ms',
      'p50(service) < 100ms',
      'failures <= 1%',
    ]);
  });

  it('lists everything else, with the line it is on', () => {
    const hook = 'a function has to be ported to a hook (docs/hooks.md)';
    expect(leftoversOf(imported)).toEqual([
      '3 maxVusers of single phases: a plan has one limit, workers.maxInFlight',
      '15 config.environments: staging',
      '21 the variable phrases: its value is no text, number or true/false',
      '29 {{ $processEnvironment.API_KEY }}, of the environment: {{API_KEY}} stands in for it (--set API_KEY=…)',
      '34 config.http.maxSockets',
      '37 config.processor ./functions.js: its functions have to be ported to hooks (docs/hooks.md)',
      '44 ensure: {"expression":"http.codes.200 > 10 and vusers.failed == 0"}',
      '48 the plugin metrics-by-endpoint',
      '50 before: a plan plays nothing once before or after the load',
      `58 scenarios.0.beforeScenario: ${hook}`,
      '72 the expectation hasProperty: "token"',
      `76 scenarios.0.flow.0.post.afterResponse: ${hook}`,
      '79 {{ $loopCount }}: {{_loopCount}} stands in for it (--set _loopCount=…)',
      '86 a loop without a count: its steps are played once',
      '88 scenarios.0.flow.3.whileTrue: a loop has a count; look at while in docs/plan.md',
      '89 parallel: its requests are sent one after the other',
      '94 log: "bought {{ token }}"',
      '95 function: "checkIt": it has to be ported to a hook (docs/hooks.md)',
      '96 {{ sku }}: {{sku}} stands in for it (--set sku=…)',
      '104 scenarios.0.flow.7.post.ifTrue',
      '118 the scenario scenario 2: it is for the engine ws',
    ]);
    for (const { what } of carried(imported).leftovers) expect(planText(imported)).toContain(what);
  });
});

describe('a script whose figures come from the environment', () => {
  const imported = importArtillery(fixture('environment.artillery.yml'), options);

  it('has variables for them, with the defaults of the script', () => {
    const plan = planOf(imported);
    expect(plan.variables).toEqual({ TARGET: 'http://127.0.0.1:3000', SECONDS: 60, RATE: 1, PEAK: 20 });
    expect(plan.load.stages).toEqual([{ seconds: 60, from: 1, to: 20 }]);
    expect(plan.target).toBe('http://127.0.0.1:3000');
  });

  it('sends a request without a known host to the target, and says so', () => {
    expect(requestsOf(planOf(imported)).map(({ url }) => url)).toEqual([
      '/items',
      '/items/{{$randomString 10}}/{{$randomString 8}}?at={{$now}}',
      'http://127.0.0.1:3000/items',
    ]);
    expect(leftoversOf(imported).join('\n')).toContain('13 {{ path }} before /items');
  });
});

describe('a script with several data files', () => {
  const imported = importArtillery(fixture('two-files.artillery.json'), options);

  it('gives each scenario the first file that it names columns of', () => {
    const plan = planOf(imported);
    expect(plan.scenarios.map(({ name, data }) => [name, data?.file])).toEqual([
      ['a', 'users.csv'],
      ['a 2', 'cities.csv'],
    ]);
    expect(leftoversOf(imported)).toContain('11 cities.csv: a scenario has one data file, users.csv');
    expect(leftoversOf(imported)).toContain('6 fields of users.csv: put email into its first line');
  });
});

describe('an Artillery script', () => {
  it.each([
    ['no YAML', 'a: [', 1],
    ['no scenarios', 'config: { target: http://a.test }', undefined],
    ['none over HTTP', 'config: {}\nscenarios: [{ engine: socketio, flow: [] }]', undefined],
    ['no requests', 'config: {}\nscenarios: [{ flow: [{ think: 1 }] }]', undefined],
  ])('is refused with %s', (_, text, line) => {
    expect(importArtillery(text, options)).toEqual({
      kind: 'problem',
      reason: expect.any(String),
      ...(line === undefined ? {} : { line }),
    });
  });

  it('has a target that can be set when only the environment knows its host or port', () => {
    const target = 'http://{{ $env.HOST }}:{{ $env.PORT }}/v1';
    const plan = planOf(importArtillery(script([{ get: '/' }], { target }), options));
    expect(plan.target).toBe('http://127.0.0.1:8080/v1');
    expect(plan.variables).toEqual({ HOST: '127.0.0.1', PORT: 8080 });
  });

  it('tells what was in the way when there is nothing to make a plan of', () => {
    const imported = importArtillery('config: {}\nscenarios: [{ engine: ws, flow: [] }]', options);
    expect(imported).toMatchObject({ reason: expect.stringContaining('it is for the engine ws') });
  });

  it.each([
    [{ duration: 3, arrivalCount: 7 }, [{ seconds: 3, from: 2.333334, to: 2.333334 }]],
    [{ duration: '1 min', rampTo: 10 }, [{ seconds: 60, from: 0, to: 10 }]],
    [{ duration: '500ms', arrivalRate: '4' }, [{ seconds: 0.5, from: 4, to: 4 }]],
  ])('has the arrivals of the phase %j', (phase, stages) => {
    expect(planOf(importArtillery(script([{ get: '/' }], { phases: [phase] }), options)).load.stages).toEqual(
      stages,
    );
  });

  it('has one limit of users when all phases have the same', () => {
    const phases = [
      { duration: 1, arrivalRate: 1, maxVusers: 9 },
      { duration: 1, arrivalRate: 2, maxVusers: 9 },
    ];
    const imported = importArtillery(script([{ get: '/' }], { phases }), options);
    expect(planOf(imported).workers.maxInFlight).toBe(9);
    expect(leftoversOf(imported)).toEqual([]);
  });

  it.each([
    ['json: token', [{ json: 'token', as: 'a' }], [{ variable: 'a', from: 'json', path: '$.token' }]],
    ['a bare index', { json: '$.a.0.b', as: 'a' }, [{ variable: 'a', from: 'json', path: '$.a[0].b' }]],
    ['a group', [{ regexp: 'a(b)', group: 1, as: 'a' }], [{ variable: 'a', from: 'regex', regex: 'a(b)' }]],
    ['no group', { regexp: 'a\\(b', as: 'a' }, [{ variable: 'a', from: 'regex', regex: 'a\\(b' }]],
    ['a selector', [{ selector: '#a', as: 'a' }], []],
    ['a path of another dialect', [{ json: '$[(@.length-1)]', as: 'a' }], []],
    ['no name', [{ json: '$.a' }], []],
  ])('captures with %s, or lists it', (_, capture, expected) => {
    const imported = importArtillery(script([{ get: { url: '/', capture } }]), options);
    expect(requestsOf(planOf(imported))[0]?.capture).toEqual(expected);
    expect(leftoversOf(imported)).toHaveLength(expected.length === 0 ? 1 : 0);
  });

  it('gives a right plan whatever stands in its texts', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.string({ maxLength: 12 }).map((inside) => `a {{ ${inside} }} b`),
      fc.constantFrom('{{ $uuid }}', '{{{ a }}}', '{{a||b}}', '{{ $randomNumber(5,1) }}', '{{ $env.X }}'),
    );
    const request = fc.record(
      {
        url: text.map((path) => `/${path}`),
        json: fc.oneof(fc.jsonValue(), text),
        headers: fc.dictionary(fc.constantFrom('accept', 'x-a', 'host'), text),
        qs: fc.dictionary(fc.string(), text),
        capture: fc.record({ json: fc.constantFrom('$.a', 'b', '$..['), as: text }),
        expect: fc.record({ statusCode: fc.oneof(fc.integer(), text), contentType: text }),
        auth: fc.record({ user: text, pass: text }),
      },
      { requiredKeys: ['url'] },
    );
    const step = fc.oneof(
      fc.record({ get: request }),
      fc.record({ post: request }),
      fc.record({ think: fc.oneof(fc.nat(), text) }),
      fc.record({ loop: fc.array(fc.record({ put: request })), count: fc.nat({ max: 5 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 5 }), (steps) => {
        const imported = importArtillery(script([{ get: '/' }, ...steps]), options);
        if (imported.kind === 'problem') return;
        expect(requestsOf(planOf(imported)).length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a duration of a script', () => {
  it.each([
    [30, 30],
    ['2m', 120],
    ['30 sec', 30],
    ['1 hour', 3600],
    ['2 days', 172_800],
    ['250ms', 0.25],
    ['soon', undefined],
    ['', undefined],
  ])('%j is %j seconds', (written, seconds) => {
    expect(parseArtilleryDuration(written)).toBe(seconds);
  });

  it('is written so that a plan reads the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), (millis) => {
        expect(parseDuration(writeDuration(millis / 1000))).toBeCloseTo(millis / 1000, 6);
      }),
    );
  });
});

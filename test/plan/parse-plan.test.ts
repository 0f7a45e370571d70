import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { addressGuard } from '../../src/plan/allowed-targets.ts';
import type { RequestStep, Step } from '../../src/plan/plan.ts';
import { compiled, readPlan } from './read-plan.ts';

const everything = readFileSync(new URL('../fixtures/plans/everything.yml', import.meta.url), 'utf8');
const head = 'version: 1\ntarget: http://127.0.0.1:8080\nload: [{ for: 10s, rate: 50 }]\n';
const small = `${head}scenarios: [{ name: a, steps: [{ get: /x }] }]\n`;
const steps = (text: string): string => `${head}scenarios:\n- name: a\n  steps:\n  - ${text}\n`;

const requestsOf = (all: readonly Step[]): readonly RequestStep[] =>
  all.flatMap((step) => {
    if (step.kind === 'request') return [step];
    return step.kind === 'think' ? [] : requestsOf(step.steps);
  });

const requestOf = (text: string): RequestStep | undefined =>
  requestsOf(compiled(text).scenarios.flatMap((scenario) => scenario.steps)).at(-1);

describe('a plan', () => {
  it('is read without URL.parse, which Node 20 lacks', () => {
    const { parse } = URL;
    Reflect.deleteProperty(URL, 'parse');
    try {
      expect(compiled(small).target).toBe('http://127.0.0.1:8080');
      expect(readPlan(small.replace('127.0.0.1:8080', '127.0.0.1:99999'))).toMatchObject({
        problems: [{ path: 'target' }],
      });
    } finally {
      Object.assign(URL, { parse });
    }
  });

  it('has every default filled in', () => {
    expect(compiled(small, { file: 'tests/checkout.v2.yml' })).toEqual({
      version: 1,
      name: 'checkout.v2',
      target: 'http://127.0.0.1:8080',
      load: { model: 'open', arrivals: 'even', stages: [{ seconds: 10, from: 50, to: 50 }] },
      warmupSeconds: 0,
      seed: 1,
      workers: { count: 1, threads: 1, maxInFlight: 10_000, readyTimeoutSeconds: 30 },
      finishSeconds: 30,
      precise: false,
      http: 1,
      connections: { keepAlive: true },
      tls: { verify: true },
      cookies: false,
      variables: {},
      scenarios: [
        {
          name: 'a',
          weight: 1,
          steps: [
            {
              kind: 'request',
              name: 'GET /x',
              method: 'GET',
              url: '/x',
              headers: [],
              redirects: 0,
              timeoutSeconds: 10,
              expect: [],
              capture: [],
            },
          ],
        },
      ],
      thresholds: [],
      abortOn: [],
      validity: {
        sendLagP99Millis: 10,
        missedFraction: 0.005,
        missingSegments: 0,
        clockBoundMillis: 10,
        cpuFraction: 0.85,
        eventLoopLagMillis: 50,
      },
    });
  });

  it('may be written as JSON', () => {
    const document = {
      version: 1,
      target: 'http://127.0.0.1:8080',
      load: [{ for: '10s', rate: 50 }],
      scenarios: [{ name: 'a', steps: [{ get: '/x' }] }],
    };
    expect(compiled(JSON.stringify(document, null, '\t'))).toEqual(compiled(small));
  });

  it('is plain JSON when compiled', () => {
    const plan = compiled(everything);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it('compiles every setting', () => {
    expect(compiled(everything)).toMatchObject({
      name: 'everything',
      target: 'https://127.0.0.1:8443/v2',
      load: {
        model: 'open',
        arrivals: 'poisson',
        stages: [
          { seconds: 0.5, from: 10, to: 10 },
          { seconds: 60, from: 10, to: 20 },
          { seconds: 3600, from: 0.5, to: 0.5 },
        ],
      },
      seed: 42,
      warmupSeconds: 0.5,
      workers: {
        count: 3,
        threads: 'auto',
        maxInFlight: 500,
        readyTimeoutSeconds: 60,
        spot: { share: 0.7, fallback: 'on-demand' },
      },
      maxCostUsd: 2.5,
      finishSeconds: 5,
      precise: true,
      http: 2,
      connections: { keepAlive: false, max: 50 },
      tls: { verify: false },
      cookies: true,
      variables: { port: 8443, low: 10, high: 20, greeting: 'hello', safe: true },
      thresholds: [
        { figure: 'percentile', percentile: 99.9, limitMillis: 250 },
        { figure: 'failures', step: 'search', limitFraction: 0.005 },
      ],
      abortOn: [
        {
          text: 'failures > 20%',
          when: { figure: 'failures', comparison: '>', limitFraction: 0.2 },
          windowSeconds: 10,
        },
        { text: 'p95(response) > 2s', when: { percentile: 95, limitMillis: 2000 }, windowSeconds: 30 },
        { text: 'failures(search) >= 50%', when: { step: 'search', comparison: '>=' }, windowSeconds: 10 },
        { text: 'rate < 1', when: { figure: 'rate', limitPerSecond: 1 }, windowSeconds: 600 },
      ],
      validity: {
        sendLagP99Millis: 29,
        missedFraction: 0.01,
        missingSegments: 2,
        clockBoundMillis: 20,
        cpuFraction: 0.9,
        eventLoopLagMillis: 100,
      },
    });
  });

  it('compiles a request with all that may belong to it', () => {
    const search = requestsOf(compiled(everything).scenarios[0]?.steps ?? [])[0];
    expect(search).toEqual({
      kind: 'request',
      name: 'search',
      method: 'GET',
      url: '/products?q={{user}}&greeting={{greeting}}',
      headers: [
        ['X-Trace', '{{$uuid}}'],
        ['accept', 'text/html'],
        ['X-Retries', '3'],
        ['X-Debug', 'true'],
      ],
      auth: { user: '{{greeting}}', password: '1234' },
      redirects: 5,
      timeoutSeconds: 0.3,
      expect: [
        { on: 'status', oneOf: [200, ...Array.from({ length: 100 }, (_, rest) => 300 + rest)] },
        { on: 'header', name: 'content-type', match: { how: 'equals', text: 'text/html' } },
        { on: 'header', name: 'etag', match: { how: 'matches', regex: '^W/' } },
        { on: 'header', name: 'x-user', match: { how: 'contains', text: '{{user}}' } },
        { on: 'json', path: '$.items[0].name', equals: '{{user}}' },
        { on: 'json', path: '$.count', equals: 3 },
        { on: 'json', path: '$.tags', equals: ['a', '{{greeting}}'] },
        { on: 'json', path: '$.next', equals: null },
        { on: 'body', match: { how: 'contains', text: 'umbrella' } },
      ],
      capture: [
        { variable: 'id', from: 'json', path: '$.items[0].id' },
        { variable: 'token', from: 'regex', regex: String.raw`token=(\w+)` },
        { variable: 'location', from: 'header', name: 'Location' },
      ],
    });
  });

  it('compiles pauses and repetitions', () => {
    const [, think, repeat] = compiled(everything).scenarios[0]?.steps ?? [];
    expect(think).toEqual({ kind: 'think', minSeconds: 0.1, maxSeconds: 0.3 });
    expect(repeat).toMatchObject({
      kind: 'repeat',
      times: 3,
      steps: [{ method: 'PUT' }, { kind: 'think', minSeconds: 1, maxSeconds: 1 }],
    });
  });

  it('compiles bodies to templates, with a content-type unless there is one', () => {
    const requests = compiled(everything)
      .scenarios.filter(({ name }) => name !== 'files')
      .flatMap((scenario) => requestsOf(scenario.steps));
    const bodies = requests.flatMap(({ body, headers }) =>
      body === undefined ? [] : [[body, headers.find(([name]) => name.toLowerCase() === 'content-type')]],
    );
    expect(bodies).toEqual([
      [
        {
          format: 'json',
          template: String.raw`{"token":"{{token}}","at {{id}}":[1,true,null,"\"{{id}}\""]}`,
        },
        ['content-type', 'application/json'],
      ],
      [
        { format: 'form', template: 'user%20name=a%26b%3D{{greeting}}&n=7' },
        ['content-type', 'application/x-www-form-urlencoded'],
      ],
      [{ format: 'text', template: 'say {{greeting}} {{{{ }}' }, ['Content-Type', 'text/x-say']],
      [{ format: 'json', template: '["{{$randomInt 1 6}}"]' }, ['content-type', 'application/vnd.shop+json']],
    ]);
  });

  it('keeps a URL elsewhere whole, and names a step after what was written', () => {
    const [form] = requestsOf(compiled(everything).scenarios[1]?.steps ?? []);
    expect(form).toMatchObject({
      url: 'http://127.0.0.1:9000/submit/{{greeting}}',
      name: 'POST http://127.0.0.1:9000/submit/{{greeting}}',
    });
  });

  it.each([
    ['"/ä/{{{{a}}?q=<{|}>"', '/%C3%A4/%7B%7Ba%7D%7D?q=%3C%7B%7C%7D%3E'],
    ['"HTTP://LocalHost:80?q={{$now}}"', 'http://localhost/?q={{$now}}'],
    ['"http://0x7f.1:8080"', 'http://127.0.0.1:8080/'],
    ['"http://[::1]:8080/%20a"', 'http://[::1]:8080/%20a'],
    ['"/{{$randomItem a b}}/x"', '/{{$randomItem a b}}/x'],
    ['"//x"', '//x'],
  ])('sends %s as %s', (written, url) => {
    expect(requestOf(steps(`get: ${written}`))?.url).toBe(url);
  });

  it.each([
    ['http://127.0.0.1:80/', 'http://127.0.0.1'],
    ['HTTP://LOCALHOST:8080/a/b//', 'http://localhost:8080/a/b'],
    ['http://2130706433', 'http://127.0.0.1'],
    ['https://[::1]:8443', 'https://[::1]:8443'],
  ])('spells the target %s as %s', (written, target) => {
    expect(compiled(small.replace('http://127.0.0.1:8080', `"${written}"`)).target).toBe(target);
  });

  it('knows captures of earlier steps and of earlier repetitions', () => {
    const text = steps(
      '{ repeat: 2, steps: [{ get: /a, capture: { id: { json: $.id } } }, { get: "/{{id}}" }] }\n  - get: "/b/{{id}}"',
    );
    expect(requestOf(text)?.url).toBe('/b/{{id}}');
  });

  it('reads a closed model, where once may have any number of rows', () => {
    const plan = compiled(
      'version: 1\ntarget: http://localhost\nload: [{ for: 1s, users: 0 to 100 }, { for: 1m, users: 100 }]\nscenarios: [{ name: a, data: { file: users.csv, use: once }, steps: [{ get: "/{{user}}" }] }]\n',
    );
    expect(plan.load).toEqual({
      model: 'closed',
      stages: [
        { seconds: 1, from: 0, to: 100 },
        { seconds: 60, from: 100, to: 100 },
      ],
    });
  });

  it('takes variables and workers from the command line, in the types of the plan', () => {
    const plan = compiled(everything, {
      set: { port: '9443', greeting: '5', safe: 'false', high: 'thirty'.length.toString() },
      workers: 7,
    });
    expect(plan.target).toBe('https://127.0.0.1:9443/v2');
    expect(plan.variables).toEqual({ port: 9443, low: 10, high: 6, greeting: '5', safe: false });
    expect(plan.workers.count).toBe(7);
  });

  it('refuses a variable on the command line that the plan does not have, naming those it has', () => {
    const parsed = readPlan(everything, { set: { prot: '1' } });
    expect(parsed).toMatchObject({
      kind: 'problems',
      problems: [
        {
          file: '--set',
          line: 0,
          value: '"prot=1"',
          expected: expect.stringContaining('did you mean port?'),
        },
      ],
    });
  });

  it('may be aimed anywhere that is listed', () => {
    const text = small.replace('http://127.0.0.1:8080', 'https://api.shop.example');
    expect(readPlan(text).kind).toBe('problems');
    expect(compiled(text, { guard: addressGuard(['*.shop.example']) }).target).toBe(
      'https://api.shop.example',
    );
  });

  it('takes the ready timeout of where it runs, unless the plan has one', () => {
    const plan = (workers: string) =>
      `version: 1\ntarget: http://127.0.0.1:1\nload: [{ for: 1s, rate: 1 }]\n${workers}scenarios: [{ name: a, steps: [{ get: / }] }]\n`;
    const here = { readyTimeoutSeconds: 300 };
    expect(compiled(plan(''), here).workers.readyTimeoutSeconds).toBe(300);
    expect(compiled(plan('')).workers.readyTimeoutSeconds).toBe(30);
    expect(compiled(plan('workers: { readyTimeout: 45s }\n'), here).workers.readyTimeoutSeconds).toBe(45);
  });

  it('may share parts by anchors and aliases', () => {
    const text = `${head}scenarios:\n- { name: a, steps: &all [{ get: /x }] }\n- { name: b, steps: *all }\n`;
    expect(compiled(text).scenarios.map(({ steps: [step] }) => step)).toMatchObject([
      { url: '/x' },
      { url: '/x' },
    ]);
  });

  it('reads as many keys as fit into a plan, without comparing each with every other', () => {
    const variables = Array.from({ length: 60_000 }, (_, index) => `k${index}: v`).join(', ');
    const plan = compiled(
      `version: 1\ntarget: http://localhost\nload: [{ for: 1s, rate: 1 }]\nvariables: { ${variables} }\nscenarios: [{ name: a, steps: [{ get: / }] }]\n`,
    );
    expect(Object.keys(plan.variables)).toHaveLength(60_000);
  });
});

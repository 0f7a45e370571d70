import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  NotAllowedError,
  PolicyNotFoundError,
  PolicyRefusedError,
  ServiceUnavailableError,
} from '../../src/errors.ts';
import type { PolicyRequest, ScalingApi } from '../../src/platform/ports/scaling-api.ts';
import { aDirectScalingApi } from '../contract/scaling-api.contract.ts';
import { aPolicy } from '../scaling/support/a-policy.ts';
import { TextSink } from './builders.ts';
import {
  aScalingApi,
  aStanding,
  decidedAt,
  nothingHere as here,
  type Typed,
  typeScaling,
} from './scaling-builders.ts';

let folder = '';
const good = `version: 1
cluster: shop
services:
  web: { minimum: 2, cpu: { target: 60 } }
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormdrain-policies-'));
  const files: Readonly<Record<string, string | Uint8Array>> = {
    'good.yaml': good,
    'good.json': '{"version":1,"cluster":"shop","services":{"web":{"cpu":{"target":60}}}}',
    'marked.yaml': `\ufeff${good.replaceAll('\n', '\r\n')}`,
    'wrong.yaml': good
      .replace('services', 'servces: {}\nservices')
      .replace('60 } }', 'sixty } }\n  api: { minimum: 9, maximum: 2 }'),
    'oscillating.yaml': good.replace('{ target: 60 }', '{ above: 30, below: 20 }').replace('2', '1'),
    'empty.yaml': '',
    'binary.yaml': Uint8Array.from({ length: 600 }, (_, n) => (n * 97) % 256),
    'long.yaml': `${good}#${'x'.repeat(1_000_001)}`,
    'two.yaml': `${good}---\n${good}`,
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const cli = (scaling: ScalingApi, args: readonly string[], typed: Typed = {}) =>
  typeScaling(scaling, args, { cwd: folder, ...typed });

const stack = ['--stack', 'load'] as const;
const nothing = aScalingApi();

describe('scaling check', () => {
  it('says what a policy means and what was filled in, without opening anything', async () => {
    const { code, out, err, asked } = await cli(nothing, ['check', 'good.yaml']);
    expect({ code, err, asked }).toEqual({ code: 0, err: '', asked: [] });
    expect(out).toMatch(/^shop: decided every 1m\nweb: 2 to \d+ tasks\n {2}CPU near 60% a task/);
    expect(out).toMatch(/\nNote: services\.web has at most \d+ tasks/);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it.each([['good.json'], ['marked.yaml']])('reads %s', async (file) => {
    expect(await cli(nothing, ['check', file])).toMatchObject({ code: 0, err: '' });
  });

  it('prints it with every default as one document with --json', async () => {
    const { out } = await cli(nothing, ['check', 'good.yaml', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      policy: { cluster: 'shop', everySeconds: 60, services: [{ service: 'web', minimum: 2 }] },
      notes: [expect.stringContaining('no maximum is given')],
    });
  });

  it('tells all that is wrong at once, each with its place', async () => {
    const { code, out, err } = await cli(nothing, ['check', 'wrong.yaml']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('wrong.yaml:3:1  servces');
    expect(err).toContain('did you mean services?');
    expect(err).toContain('wrong.yaml:5:');
  });

  it('refuses one that could oscillate, with the numbers and what would do', async () => {
    const { code, err } = await cli(nothing, ['check', 'oscillating.yaml']);
    expect(code).toBe(2);
    expect(err).toContain('1 task at 35% (above 30%: add 1), 2 tasks at 17.5% (below 20%: remove 1)');
    expect(err).toContain('lower below to 15%');
  });

  it.each([
    ['none.yaml', "stormdrain: the policy none.yaml can't be read: there is no such file\n"],
    ['.', "the policy . can't be read: it is a folder"],
    ['empty.yaml', 'empty.yaml:1:1  null  expected a scaling policy'],
    ['binary.yaml', 'binary.yaml:'],
    ['long.yaml', 'long.yaml:1:1  expected a document of at most 1000000 characters'],
    ['two.yaml', 'two.yaml:5:1  expected one YAML document'],
  ])('refuses %s', async (file, message) => {
    const { code, out, err } = await cli(nothing, ['check', file]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });
});

describe('a command on scaling policies', () => {
  it.each([
    [['apply', 'good.yaml']],
    [['show']],
    [['show', 'shop']],
    [['explain']],
    [['pause', 'shop']],
    [['resume', 'shop']],
    [['remove', 'shop']],
  ])('opens the stack and nothing of this machine: %j', async (args) => {
    const { api } = aDirectScalingApi();
    await api.apply({ text: good, name: 'good.yaml', requestedBy: 'bob' });
    const named = await cli(api, [...args, '--stack', 'load', '--region', 'eu-central-1']);
    expect(named.code, named.err).toBe(0);
    expect(named.asked).toEqual([{ name: 'load', region: 'eu-central-1' }]);
    expect(named.err).not.toContain(here);
    await api.apply({ text: good, name: 'good.yaml', requestedBy: 'bob' });
    const byEnvironment = await cli(api, args, { env: { STORMDRAIN_STACK: 'nightly' } });
    expect(byEnvironment.asked).toEqual([{ name: 'nightly' }]);
  });

  it.each([
    [['chek', 'good.yaml'], 'Did you mean check?'],
    [['check'], 'missing required argument'],
    [['check', 'good.yaml', 'wrong.yaml'], 'too many arguments'],
    [['check', 'good.yaml', ...stack], 'unknown option'],
    [['apply'], 'missing required argument'],
    [['apply', 'none.yaml', ...stack], 'there is no such file'],
    [['show', '--region', 'eu-central-1'], 'give --stack NAME too'],
    [['pause'], 'missing required argument'],
    [['pause', 'shop', '--for', 'ever', ...stack], 'Expected a duration from 1s to 168h'],
    [['pause', 'shop', '--for', '0s', ...stack], 'Expected a duration'],
    [['explain', '--since', '169h', ...stack], 'Expected a duration'],
    [['explain', '--limit', '0', ...stack], 'a whole number from 1'],
    [['explain', '--service', 'web', '--pool', 'spot', ...stack], 'give one of them'],
  ])('refuses %j', async (args, message) => {
    const { code, out, err } = await cli(nothing, args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });

  it.each([
    [new PolicyNotFoundError('the stack load: no scaling policy is stored'), 2],
    [new NotAllowedError('the stack load does not let these credentials in'), 2],
    [new ServiceUnavailableError('the stack load does not answer'), 75],
  ])('passes on what the stack says: %s', async (error, code) => {
    const fail = () => Promise.reject(error);
    const api = aScalingApi({
      apply: fail,
      list: fail,
      show: fail,
      pause: fail,
      resume: fail,
      remove: fail,
      explain: fail,
    });
    for (const args of [
      ['apply', 'good.yaml'],
      ['show'],
      ['show', 'shop'],
      ['pause', 'shop'],
      ['resume', 'shop'],
      ['remove', 'shop'],
      ['explain'],
    ])
      expect(await cli(api, [...args, ...stack])).toMatchObject({
        code,
        out: '',
        err: `stormdrain: ${error.message}\n`,
      });
  });
});

describe('scaling apply', () => {
  const applying = (
    more: { warnings?: readonly string[]; changed?: boolean } = {},
    standing = aStanding(),
  ) => {
    const requests: PolicyRequest[] = [];
    const api = aScalingApi({
      async apply(request) {
        requests.push(request);
        return { standing, changed: true, warnings: [], ...more };
      },
    });
    return { api, requests };
  };

  it('sends the text in the name of who typed it, and says where to see what it decides', async () => {
    const { api, requests } = applying();
    const { code, out, err } = await cli(api, ['apply', 'good.yaml', ...stack]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(requests).toEqual([{ text: good, name: 'good.yaml', requestedBy: 'ada' }]);
    expect(out).toBe(
      'The policy of cluster shop is stored.\nWhat it decides: stormdrain scaling explain --cluster shop --stack load\n',
    );
  });

  it('says what the stack lacks for it', async () => {
    const { api } = applying({ warnings: ['cluster shop is not looked after'] });
    const { code, err } = await cli(api, ['apply', 'good.yaml', ...stack]);
    expect({ code, err }).toEqual({ code: 0, err: 'Note: cluster shop is not looked after\n' });
  });

  it.each([
    [{ changed: false }, {}, 'was stored already.\n'],
    [{}, { policy: aPolicy({ dryRun: true }) }, 'is stored, as a dry run: nothing is carried out.\n'],
    [{}, { policy: aPolicy({ paused: true }) }, 'is stored.\nScaling of the cluster is paused.\n'],
    [{}, { pausedUntilMillis: decidedAt }, 'is stored.\nScaling of the cluster is paused.\n'],
  ])('says how it stands: %j %j', async (more, standing, message) => {
    const { api } = applying(more, aStanding(standing));
    expect((await cli(api, ['apply', 'good.yaml', ...stack])).out).toContain(message);
  });

  it('prints the problems that the stack found in it, and nothing more', async () => {
    const problem = {
      code: 'invalid',
      file: 'good.yaml',
      line: 4,
      column: 29,
      path: 'services.web.cpu',
      value: '60',
      expected: 'something newer',
      sourceLine: '  web: { minimum: 2, cpu: { target: 60 } }',
    } as const;
    const refused = new PolicyRefusedError('good.yaml:4:29 …', [problem]);
    const api = aScalingApi({ apply: () => Promise.reject(refused) });
    const { code, out, err } = await cli(api, ['apply', 'good.yaml', ...stack]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(
      /^good\.yaml:4:29 {2}services\.web\.cpu {2}60 {2}expected something newer\n {2}4 \| .*\n.*\^\n$/,
    );
  });
});

describe('scaling on this machine', () => {
  it('keeps policies, and says each time that nothing is scaled', async () => {
    const { api } = aDirectScalingApi();
    const type = (...args: readonly string[]) => cli(api, args);
    expect(await type('show')).toMatchObject({
      code: 0,
      out: 'No scaling policies here yet. Store one: stormdrain scaling apply POLICY\n',
      err: '',
    });
    expect(await type('apply', 'good.yaml')).toMatchObject({
      code: 0,
      out: 'The policy of cluster shop is stored.\n',
      err: here,
    });
    expect(await type('apply', 'wrong.yaml')).toMatchObject({ code: 2, out: '' });
    expect(await type('show')).toMatchObject({ code: 0, err: here });
    expect(await type('pause', 'shop', '--for', '2h')).toMatchObject({
      code: 0,
      out: expect.stringContaining(
        'is paused until 2026-11-21T11:31:00.000Z; drains that were begun go on.\n',
      ),
      err: here,
    });
    expect((await type('show')).out).toContain('paused until 2026-11-21 11:31');
    expect((await type('show', 'shop')).out).toMatch(/^state +paused until 2026-11-21 11:31\n/);
    expect(await type('resume', 'shop')).toMatchObject({
      code: 0,
      out: 'Scaling of cluster shop goes on.\n',
      err: here,
    });
    expect(await type('remove', 'shop')).toMatchObject({
      code: 0,
      out: expect.stringContaining('is removed'),
    });
    expect(await type('remove', 'shop')).toMatchObject({
      code: 2,
      err: 'stormdrain: no scaling policy is stored for the cluster "shop"; see stormdrain scaling show\n',
    });
    for (const args of [
      ['show', '../x'],
      ['explain', '--cluster', '../x'],
      ['pause', 'a b'],
    ])
      expect(await type(...args)).toMatchObject({ code: 2, err: expect.stringContaining('not the name') });
  });
});

describe('scaling show', () => {
  const standings = [
    aStanding({ cluster: 'api', tickedAtMillis: null, policy: aPolicy({ dryRun: true }) }),
    aStanding({ pausedUntilMillis: Number.MAX_SAFE_INTEGER }),
    aStanding({ cluster: 'web', policy: aPolicy({ paused: true, everySeconds: 10 }) }),
    aStanding({ cluster: 'workers' }),
  ];
  const showing = aScalingApi({ list: async () => standings, show: async () => aStanding() });

  it('lists the policies and how each stands', async () => {
    const { out } = await cli(showing, ['show', ...stack]);
    expect(out.split('\n').map((line) => line.trimEnd())).toEqual([
      'cluster  every  services  pools  last tick (UTC)   state',
      'api       60 s         1      0  -                 dry run',
      'shop      60 s         1      0  2026-11-21 09:31  paused',
      'web       10 s         1      0  2026-11-21 09:31  paused by its policy',
      'workers   60 s         1      0  2026-11-21 09:31  on',
      '',
    ]);
  });

  it('says how one stands and what it means', async () => {
    const { out } = await cli(showing, ['show', 'shop', ...stack]);
    expect(out).toMatch(
      /^state +on\napplied +2026-11-21 08:31 UTC by ada\nlast tick +2026-11-21 09:31 UTC\n/,
    );
    expect(out).toContain('\nshop: decided every 1m\nweb: 1 to 20 tasks\n  CPU above 30% adds 1;');
  });

  it('prints documents with --json', async () => {
    expect(JSON.parse((await cli(showing, ['show', '--json', ...stack])).out)).toEqual(standings);
    expect(JSON.parse((await cli(showing, ['show', 'shop', '--json', ...stack])).out)).toEqual(aStanding());
    expect(await cli(showing, ['show', '--json'])).toMatchObject({ code: 0, err: '' });
  });

  it.each([80, 120])('keeps within %d columns, and colours at a terminal', async (columns) => {
    const stdout = new TextSink({ terminal: true, columns });
    await cli(showing, ['show', 'shop', ...stack], { stdout });
    expect(stdout.text).toContain('\u001b[');
    const plain = stripVTControlCharacters(stdout.text);
    for (const line of plain.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
  });
});

describe('scaling pause and resume', () => {
  it.each([
    [[], null, Number.MAX_SAFE_INTEGER, 'is paused until it is resumed; drains'],
    [['--for', '2h'], 7200, decidedAt, 'is paused until 2026-11-21T09:31:00.000Z; drains'],
  ])('pause with %j', async (flags, forSeconds, pausedUntilMillis, message) => {
    const asked: unknown[] = [];
    const api = aScalingApi({
      async pause(...request) {
        asked.push(request);
        return aStanding({ pausedUntilMillis });
      },
    });
    const { code, out } = await cli(api, ['pause', 'shop', ...flags, ...stack]);
    expect(code).toBe(0);
    expect(asked).toEqual([['shop', { forSeconds, requestedBy: 'ada' }]]);
    expect(out).toContain(message);
    expect(out).toContain('Resume: stormdrain scaling resume shop --stack load\n');
  });

  it('say so when the policy itself is paused', async () => {
    const api = aScalingApi({ resume: async () => aStanding({ policy: aPolicy({ paused: true }) }) });
    expect((await cli(api, ['resume', 'shop', ...stack])).out).toBe(
      'Scaling of cluster shop goes on, but its policy says paused: true.\n',
    );
  });
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatImport } from '../../src/importers/format-import.ts';
import { importArtillery } from '../../src/importers/import-artillery.ts';
import { importCurl } from '../../src/importers/import-curl.ts';
import { importHar } from '../../src/importers/import-har.ts';
import type { Imported } from '../../src/importers/imported.ts';
import { compile, openPlatform, openTarget, type RecordingTarget, type TestPlatform } from './harness.ts';

let platform: TestPlatform;
let target: RecordingTarget;

beforeEach(async () => {
  platform = await openPlatform();
  target = await openTarget((request, response) => {
    if (request.url === '/login' && request.method === 'POST')
      response.writeHead(302, { location: '/home', 'set-cookie': 'a=1' }).end();
    else response.writeHead(200, { 'content-type': 'application/json' }).end('{"token":"t1"}');
  });
});

afterEach(async () => {
  await platform.close();
  await target.close();
});

/** The imported plan against the local target: ten arrivals in one second, without its pauses. */
const run = async (imported: Imported) => {
  if (imported.kind === 'problem') throw new Error(imported.reason);
  const text = formatImport(imported.plan, imported, { file: 'source', command: 'stormdrain import' })
    .replaceAll('127.0.0.1:8080', `127.0.0.1:${target.port}`)
    .replace(/- \{ for: .*\}/, '- { for: 1s, rate: 10 }')
    .replace(/think: .*s \}/g, 'think: 10ms }');
  const { runId } = await platform.api.start(compile(text));
  return platform.ended(runId);
};

const fixture = (file: string): Promise<string> => readFile(join('test/fixtures/import', file), 'utf8');

describe('an imported plan', () => {
  it('sends what a browser recorded', async () => {
    const text = await fixture('firefox.har');
    const summary = await run(importHar(text, { name: 'har', allOrigins: false }));
    expect(summary.errors).toEqual([]);
    expect(summary.requests).toMatchObject({ scheduled: 10, completed: 50, failed: 0 });
    expect(target.paths.filter((path) => path === '/login?next=%2Fhome')).toHaveLength(10);
  });

  it('sends what curl commands send', async () => {
    const commands = `curl 'http://127.0.0.1:8080/login?x=1' --json '{"user":"{{u}}"}'; curl http://127.0.0.1:8080/a%20b`;
    const summary = await run(importCurl(commands, { name: 'curl' }));
    expect(summary.errors).toEqual([]);
    expect(summary.requests).toMatchObject({ scheduled: 10, completed: 20, failed: 0 });
    expect(new Set(target.paths)).toEqual(new Set(['/login?x=1', '/a%20b']));
  });

  it('plays what an Artillery script plays', async () => {
    const script = `
config:
  target: http://127.0.0.1:8080
  phases: [{ duration: 1, arrivalCount: 10 }]
scenarios:
  - flow:
      - get: { url: /token, capture: { json: $.token, as: token }, expect: { statusCode: 200 } }
      - loop:
          - get: { url: "/items/{{ token }}/{{ $randomNumber(1, 3) }}" }
        count: 2
`;
    const summary = await run(importArtillery(script, { name: 'script' }));
    expect(summary.errors).toEqual([]);
    expect(summary.requests).toMatchObject({ scheduled: 10, completed: 30, failed: 0 });
    for (const path of target.paths) expect(path).toMatch(/^\/(token|items\/t1\/[123])$/);
  });
});

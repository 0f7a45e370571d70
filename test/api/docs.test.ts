import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { problemKinds } from '../../src/api/problems.ts';
import { routes } from '../../src/api/routes.ts';
import { packageRoot } from '../../src/cli/package-root.ts';
import { parseCurlOptions } from '../../src/importers/curl-options.ts';
import { readCurlScript } from '../../src/importers/curl-words.ts';
import { aLogsApi } from '../cli/a-logs-api.ts';
import { serving } from './builders.ts';

const text = readFileSync(join(packageRoot(), 'docs/api.md'), 'utf8');
const scripts = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1] as string);
const calls = scripts.flatMap((script) => readCurlScript(script).calls.map(({ words }) => words));

const send = (server: string, words: readonly string[]): Promise<Response> => {
  const [operation] = parseCurlOptions(words);
  const options = operation?.options ?? [];
  const valueIn = (name: string) => options.find((option) => option.name === name)?.value;
  const json = valueIn('json');
  const headers = new Headers(json === undefined ? {} : { 'content-type': 'application/json' });
  for (const { name, value } of options)
    if (name === 'header') headers.set(value.split(':')[0] ?? '', value.slice(value.indexOf(':') + 1).trim());
  const method = valueIn('request') ?? (json === undefined ? 'GET' : 'POST');
  const url = (operation?.urls[0] ?? '').replace('http://127.0.0.1:8088', server);
  return fetch(url, { method, headers, ...(json === undefined ? {} : { body: json }) });
};

describe('the documentation of the API', () => {
  it('shows commands that succeed', async () => {
    expect(calls.length).toBeGreaterThanOrEqual(9);
    const logs = aLogsApi({
      ask: async () => ({ queryId: 'q', warnings: [] }),
      look: async () => ({ kind: 'running', scannedBytes: 0 }),
      cancel: async () => undefined,
      tables: async () => [],
      updateCatalog: async () => ({
        isDone: true,
        tablesMade: 0,
        partitionsMade: 0,
        partitionsRemoved: 0,
        problems: [],
      }),
    });
    await serving({ logs }, async ({ url }) => {
      for (const words of calls) {
        const response = await send(url, words);
        expect(response.ok, `${words.join(' ')}: ${await response.text()}`).toBe(true);
      }
    });
  });

  it('names every route', () => {
    for (const { method, path } of routes) expect(text).toContain(`| \`${method} ${path}\``);
  });

  it('names every code with its status', () => {
    for (const [code, { status }] of Object.entries(problemKinds))
      expect(text).toMatch(new RegExp(`\\| \`${code}\` +\\| ${status} `));
  });
});

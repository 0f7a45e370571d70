import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTarget } from '../runs/harness.ts';
import { bareEnvironment, start } from './terminal.ts';

/** Fenced blocks of a Markdown text. */
const blocks = (text: string, language: string): readonly string[] =>
  [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)]
    .filter((match) => match[1] === language)
    .map((match) => match[2] ?? '');

const commands = (text: string): readonly string[] =>
  blocks(text, 'sh').flatMap((block) => block.split('\n').filter((line) => line.trim() !== ''));

let folder: string;
let readme: string;

/** What somebody who clones the repository gets: the files that git knows, and nothing installed. */
beforeAll(async () => {
  readme = await readFile('README.md', 'utf8');
  folder = await mkdtemp(join(tmpdir(), 'stormdrain-clone-'));
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  });
  for (const file of files.split('\n').filter((name) => name !== '')) {
    await cp(file, join(folder, file), { recursive: true, force: true }).catch(async () => {
      await cp(file, join(folder, dirname(file)), { recursive: true });
    });
  }
});

afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }));

const inShell = (command: string) =>
  start('sh', ['-c', command], { cwd: folder, env: bareEnvironment() }).finished;

describe('the README', () => {
  it('opens with the two commands', () => {
    expect(commands(readme).slice(0, 2)).toEqual(['npm ci && npm start', 'npm ci && npm test']);
  });

  it('has commands that work as typed in a fresh clone', { timeout: 900_000 }, async () => {
    const target = await openTarget((request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(request.url === '/products' ? '[{"id":1}]' : '{"id":1}');
    });
    const plan = blocks(readme, 'yaml')[0] ?? '';
    expect(plan).toContain('8080');
    await writeFile(join(folder, 'plan.yml'), plan.replace('8080', String(target.port)));
    for (const command of commands(readme)) {
      const { code, stdout, stderr } = await inShell(command);
      // The plan of the README judges latencies, which is not for a test to judge.
      const accepted = command.includes(' run plan.yml') ? [0, 1] : [0];
      expect(accepted, `${command}\n${stdout.slice(-3000)}\n${stderr.slice(-3000)}`).toContain(code);
      expect(stderr, command).not.toMatch(/^0 (lines|rows);/m);
    }
    await target.close();
  });
});

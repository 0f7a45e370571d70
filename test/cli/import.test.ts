import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { aContext, aRunApi } from './builders.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormdrain-import-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const fixture = (file: string): string => resolve('test/fixtures/import', file);
const cli = async (args: readonly string[], piped = '') => {
  const context = aContext(aRunApi(), { cwd: folder, stdin: Readable.from([piped]) });
  const code = await main(args, context);
  return { code, out: context.stdout.text, err: context.stderr.text };
};

describe('importing', () => {
  it('prints a plan, and on stderr what could not be carried over', async () => {
    const { code, out, err } = await cli(['import', 'har', fixture('firefox.har')]);
    expect(code).toBe(0);
    expect(out).toMatch(/^# Made from firefox\.har by stormdrain import har\.\n/);
    expect(out).toContain('\nversion: 1\nname: firefox\n');
    expect(err).toContain('not carried over: firefox.har:1: PROPFIND /dav: a plan has no such method\n');
    expect(out).toContain('# Not carried over: firefox.har:1: PROPFIND /dav: a plan has no such method\n');
  });

  it.each([
    ['har', 'firefox.har'],
    ['artillery', 'environment.artillery.yml'],
    ['curl', 'firefox.curl.sh'],
  ])('writes a plan of %s that can be checked, and never over a file', async (format, file) => {
    const written = await cli(['import', format, fixture(file), '--output', `${format}.yml`]);
    expect(written).toMatchObject({ code: 0, out: '' });
    expect(written.err).toContain(`stormdrain plan check ${format}.yml`);
    const checked = await cli(['plan', 'check', `${format}.yml`]);
    expect(checked.code, checked.err).toBe(0);

    const before = await readFile(join(folder, `${format}.yml`), 'utf8');
    const again = await cli(['import', format, fixture(file), '--output', `${format}.yml`]);
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining('it is there already') });
    expect(await readFile(join(folder, `${format}.yml`), 'utf8')).toBe(before);
  });

  it('reads curl commands that are piped in', async () => {
    const { code, out, err } = await cli(['import', 'curl'], 'curl http://127.0.0.1:8080/a --frobnicate\n');
    expect({ code, err }).toEqual({ code: 0, err: 'not carried over: stdin:1: --frobnicate\n' });
    expect(out).toContain('name: curl\ntarget: http://127.0.0.1:8080\n');
  });

  it('says what it waits for when nothing is piped in', async () => {
    const typed = Object.assign(Readable.from(['curl http://127.0.0.1:8080/a\n']), { isTTY: true });
    const context = aContext(aRunApi(), { cwd: folder, stdin: typed });
    expect(await main(['import', 'curl'], context)).toBe(0);
    expect(context.stderr.text).toBe('Paste curl commands, then press Ctrl-D on a line of its own.\n');
  });

  it('keeps other origins when asked to', async () => {
    const { out } = await cli(['import', 'har', fixture('chrome.har'), '--all-origins']);
    expect(out).toContain('get: https://cdn.test/lib.js');
  });

  it.each([
    [['har', 'nowhere.har'], "nowhere.har can't be read: there is no such file\n"],
    [['har', fixture('shop.artillery.yml')], 'shop.artillery.yml: not a HAR file'],
    [['artillery', fixture('chrome.har')], 'chrome.har: not an Artillery script'],
    [['curl', '-'], 'stdin: there is no curl command in it'],
  ])('says what is wrong with %j', async (args, message) => {
    const { code, out, err } = await cli(['import', ...args]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });
});

import { describe, expect, it } from 'vitest';
import { parseLogSettings, settingsOf } from '../../../src/logs/catalog/parse-log-settings.ts';
import { readLogSettings } from '../../../src/logs/catalog/read-log-settings.ts';
import { defaultSettings } from '../../../src/logs/catalog/table-settings.ts';
import { Account } from './support/an-account.ts';

const parse = (text: string) =>
  parseLogSettings(text, { file: 'config/logs.yml', defaults: defaultSettings });

const settings = (text: string) => {
  const parsed = parse(`version: 1\n${text}`);
  if (parsed.kind === 'problems') throw new Error(JSON.stringify(parsed.problems));
  return parsed.settings;
};

describe('settings of logs', () => {
  it('are those of the deployment where nothing is written', async () => {
    const account = new Account();
    const defaults = { mode: 'projection', retentionDays: 30, compact: true } as const;
    const read = await readLogSettings({ store: account.store, defaults });
    expect(settingsOf(read, { family: 'shop', container: 'app' })).toEqual({ ...defaults, compact: false });
  });

  it('hold for a container before its family, for that before its name, and for that before all', () => {
    const written = settings(`
defaults: { retention: 100 days }
tables:
  shop/app: { retention: 1 day }
  "*/app": { retention: 3d, compact: false }
  "shop/*": { retention: 20 days }
`);
    const of = (family: string, container: string) => settingsOf(written, { family, container });
    expect(of('shop', 'app')).toEqual({ mode: 'registered', retentionDays: 1, compact: false });
    expect(of('shop', 'proxy')).toEqual({ mode: 'registered', retentionDays: 20, compact: true });
    expect(of('other', 'app')).toEqual({ mode: 'registered', retentionDays: 3, compact: false });
    expect(of('other', 'x')).toEqual({ mode: 'registered', retentionDays: 100, compact: true });
  });

  it('that fit no container are noted, and nothing else is made of them', async () => {
    const account = new Account();
    await account.write('shop/app', '2026-11-21');
    await account.configure(
      'tables: { "shop/*": {}, "*/app": {}, shop/app: {}, shop/ap: {}, "nobody/*": {} }',
    );
    const { report } = await account.update();
    expect([report.problems, report.notes]).toEqual([
      [],
      [
        "config/logs.yml: shop/ap is no container's (did you mean shop/app?)",
        "config/logs.yml: nobody/* is no container's",
      ],
    ]);
  });

  it('compact nothing that is projected', () => {
    const written = settings('tables: { shop/app: { mode: projection, compact: true } }');
    expect(settingsOf(written, { family: 'shop', container: 'app' }).compact).toBe(false);
  });

  it.each([
    ['nothing in it', '', 'begins with version: 1', '1:1'],
    ['a list', '- a', 'begins with version: 1', '1:1'],
    ['no version', 'defaults: {}', '1, the version', '1:1'],
    ['an unknown key', 'version: 1\ndefault: {}', 'did you mean defaults?', '2:1'],
    [
      'an unknown setting',
      'version: 1\ndefaults: { keep: 1 day }',
      'one of mode, retention, compact',
      '2:13',
    ],
    ['a mode', 'version: 1\ndefaults: { mode: both }', 'registered or projection', '2:19'],
    ['a retention of hours', 'version: 1\ndefaults: { retention: 1h }', '1 to 3650 days', '2:24'],
    ['a retention of nothing', 'version: 1\ndefaults: { retention: 0 days }', '1 to 3650 days', '2:24'],
    ['a retention without a unit', 'version: 1\ndefaults: { retention: 30 }', '1 to 3650 days', '2:24'],
    ['a table of a family', 'version: 1\ntables: { shop: {} }', 'FAMILY/CONTAINER', '2:11'],
    ['a table of all', 'version: 1\ntables: { "*/*": {} }', 'FAMILY/CONTAINER', '2:11'],
    ['a word for a flag', 'version: 1\ntables: { a/b: { compact: no } }', 'true or false', '2:27'],
    ['a quote that is not closed', 'version: 1\ntables: { "a/b: {} }', 'closing quote', '2:'],
  ])('are refused for %s, at its place', (_, text, expected, place) => {
    const parsed = parse(text);
    const [problem] = parsed.kind === 'problems' ? parsed.problems : [];
    expect(problem?.expected).toContain(expected);
    expect(`${problem?.line}:${problem?.column}`).toContain(place);
  });
});

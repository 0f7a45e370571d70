import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { planDocument } from '../../src/plan/plan-document.ts';
import { compiled } from './read-plan.ts';

const text = readFileSync(new URL('../../docs/plan.md', import.meta.url), 'utf8');
const blocks = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
/** Parts of plans; they are shown without what every plan has. */
const excerpts = blocks.filter((block) => /^(?!version:)\w/.test(block));

const base = {
  version: 1,
  target: 'http://127.0.0.1:8080',
  load: [{ for: '3s', rate: 1 }],
  scenarios: [{ name: 'a', steps: [{ get: '/products' }] }],
};

describe('the documentation of plans', () => {
  it.each(excerpts)('shows an excerpt that is right:\n%s', (excerpt) => {
    expect(compiled(stringify({ ...base, ...parse(excerpt) }))).toMatchObject({ version: 1 });
  });

  it('names every key of a plan', () => {
    const missing = Object.keys(planDocument.shape).filter((key) => !text.includes(`| \`${key}`));
    expect(missing).toEqual([]);
    expect(excerpts.length).toBeGreaterThan(9);
  });
});

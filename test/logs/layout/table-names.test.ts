import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ContainerName, containerText } from '../../../src/logs/layout/container-name.ts';
import { derivedNames, planTableNames, reservedTableNames } from '../../../src/logs/layout/table-names.ts';

const named = (text: string): ContainerName => {
  const [family = '', container = ''] = text.split('/');
  return { family, container };
};

const tablesOf = (texts: readonly string[], taken: Record<string, string | undefined> = {}) =>
  Object.fromEntries(
    planTableNames(
      texts.map(named),
      new Map(Object.entries(taken).map(([table, text]) => [table, text === undefined ? text : named(text)])),
    ),
  );

/** Few letters, so that names collide. */
const part = fc
  .array(
    fc.constantFrom('a', 'A', 'b', '-', '_', '0', 'raw', 'compacted', 'run', 'timeline', 'log', 'keys'),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((pieces) => pieces.join(''));
const long = fc.stringMatching(/^[A-Za-z0-9_-]{200,255}$/);
const container = fc.record({
  family: fc.oneof({ weight: 9, arbitrary: part }, { weight: 1, arbitrary: long }),
  container: fc.oneof({ weight: 9, arbitrary: part }, { weight: 1, arbitrary: long }),
});
const foreign = fc.array(
  part.map((text) => `${text.toLowerCase().replaceAll('-', '_')}`),
  { maxLength: 5 },
);

const takenBy = (names: ReadonlyMap<string, string>): [string, ContainerName][] =>
  [...names].map(([text, table]) => [table, named(text)]);

describe('table names', () => {
  it('are family and container in lower case, with underscores', () => {
    expect(tablesOf(['shop/app', 'My-Awesome-App/app', 'stormdrain-worker/worker'])).toEqual({
      'shop/app': 'shop_app',
      'My-Awesome-App/app': 'my_awesome_app_app',
      'stormdrain-worker/worker': 'stormdrain_worker_worker',
    });
  });

  it('differ where the plain ones would be the same', () => {
    const tables = tablesOf(['a_b/c', 'a/b_c', 'A/b_c', 'a/b-c']);
    expect(tables).toEqual({
      'A/b_c': 'a_b_c',
      'a/b-c': expect.stringMatching(/^a_b_c_[0-9a-f]{8}$/),
      'a/b_c': expect.stringMatching(/^a_b_c_[0-9a-f]{8}$/),
      'a_b/c': expect.stringMatching(/^a_b_c_[0-9a-f]{8}$/),
    });
    expect(new Set(Object.values(tables)).size).toBe(4);
  });

  it('stay with whom they were handed out to', () => {
    expect(tablesOf(['A/b_c', 'a/b_c'], { a_b_c: 'a/b_c' })).toEqual({
      'A/b_c': expect.stringMatching(/^a_b_c_[0-9a-f]{8}$/),
      'a/b_c': 'a_b_c',
    });
  });

  it.each([
    'run/timeline',
    'run_timeline/raw',
    'runs/raw',
    'log/keys',
    'log-keys/raw',
    'decisions/compacted',
  ])('leave the names of other tables alone: %s', (text) => {
    expect(tablesOf([text])[text]).toMatch(/^[a-z_]+_[0-9a-f]{8}$/);
  });

  it('leave room for what is made of them, on both sides', () => {
    const tables = tablesOf(['shop/app', 'shop/app_raw', 'shop_app/compacted']);
    expect(tables['shop/app']).toBe('shop_app');
    expect(tables['shop/app_raw']).toMatch(/^shop_app_raw_[0-9a-f]{8}$/);
    expect(tables['shop_app/compacted']).toMatch(/^shop_app_compacted_[0-9a-f]{8}$/);
    expect(tablesOf(['shop/app'], { shop_app_raw: 'shop/app_raw' })['shop/app']).toMatch(
      /^shop_app_[0-9a-f]{8}$/,
    );
    expect(tablesOf(['shop/app'], { shop_app_compacted: undefined })['shop/app']).toMatch(
      /^shop_app_[0-9a-f]{8}$/,
    );
  });

  it('need no quotes when they begin with a digit', () => {
    expect(tablesOf(['3scale/app', 't/3scale_app'])).toEqual({
      '3scale/app': 't_3scale_app',
      't/3scale_app': expect.stringMatching(/^t_3scale_app_[0-9a-f]{8}$/),
    });
  });

  it('are short enough for Glue and for a file, and still tell containers apart', () => {
    const family = 'f'.repeat(255);
    const tables = Object.values(tablesOf([`${family}/a`, `${family}/b`]));
    expect(new Set(tables).size).toBe(2);
    for (const table of tables) expect(table).toMatch(/^f{191}_[0-9a-f]{8}$/);
  });

  it('are valid, unlike each other and unlike what is there, for any containers', () => {
    fc.assert(
      fc.property(fc.array(container, { maxLength: 12 }), foreign, (wanted, others) => {
        const names = planTableNames(wanted, new Map(others.map((table) => [table, undefined])));
        expect(new Set(names.keys())).toEqual(new Set(wanted.map(containerText)));
        const all = [...names.values()].flatMap(derivedNames);
        const used = new Set([...reservedTableNames, ...others].flatMap(derivedNames));
        expect(new Set(all).size).toBe(all.length);
        for (const name of all) {
          expect(name).toMatch(/^[a-z_][a-z0-9_]{0,214}$/);
          expect(used.has(name)).toBe(false);
        }
      }),
    );
  });

  it('do not depend on the order of listing', () => {
    fc.assert(
      fc.property(fc.array(container, { maxLength: 8 }), (wanted) => {
        const sorted = (names: ReadonlyMap<string, string>) => [...names].sort();
        expect(sorted(planTableNames([...wanted].reverse(), new Map()))).toEqual(
          sorted(planTableNames(wanted, new Map())),
        );
      }),
    );
  });

  it('stay when more containers arrive', () => {
    fc.assert(
      fc.property(
        fc.array(container, { maxLength: 6 }),
        fc.array(container, { maxLength: 6 }),
        (first, more) => {
          const before = planTableNames(first, new Map());
          const after = planTableNames([...more, ...first], new Map(takenBy(before)));
          for (const [text, table] of before) expect(after.get(text)).toBe(table);
          const again = planTableNames([...first, ...more], new Map(takenBy(after)));
          expect(new Map([...again].sort())).toEqual(new Map([...after].sort()));
        },
      ),
    );
  });
});

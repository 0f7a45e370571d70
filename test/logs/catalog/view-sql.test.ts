import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generationsSql } from '../../../src/logs/catalog/generations-sql.ts';
import { logColumns } from '../../../src/logs/catalog/log-columns.ts';
import { logView } from '../../../src/logs/catalog/table-definitions.ts';
import { defaultSettings } from '../../../src/logs/catalog/table-settings.ts';
import { logViewSql } from '../../../src/logs/catalog/view-sql.ts';
import { addDays, dayText } from '../../../src/logs/layout/utc-day.ts';
import { aState, dayOf } from './support/an-account.ts';

const root = 's3://bucket/';

const tenYears = Array.from({ length: 3650 }, (_, days) => dayText(addDays(dayOf('2017-01-01'), days)));

describe('views', () => {
  it('read raw lines only where nothing was compacted, and Parquet only of live generations', () => {
    expect(logViewSql('shop_app', root, aState([]))).toBe(logViewSql('shop_app', root));
    expect(logViewSql('shop_app', root)).not.toMatch(/compacted|log_keys|path/);
    const state = aState(['2026-11-19', '2026-11-20']);
    expect(logViewSql('shop_app', root, state)).toMatch(
      / FROM "shop_app_compacted" WHERE "generation" IN \(1, 2\)\)$/,
    );
  });

  it('leave out listed raw objects as long as they are listed, by the paths that the engine gives', () => {
    const state = aState(['2026-11-20'], { listed: [{ day: '2026-11-20', generation: 1 }] });
    expect(logViewSql('shop_app', root, state)).toContain(
      `FROM "shop_app_raw" WHERE "$path" NOT IN (SELECT concat('s3://bucket/', coalesce(json_extract_scalar(line, '$.key'), '')) FROM "log_keys_raw" WHERE "table_name" = 'shop_app' AND "generation" IN (1)))`,
    );
  });

  it('stay small after ten years, even when every other generation was replaced', () => {
    const log = { name: { family: 'shop', container: 'app' }, table: 'shop_app', root };
    const compacted = aState(tenYears);
    expect(logView(log, defaultSettings, compacted).sql.length).toBeLessThan(2500);
    const replaced = aState([], {
      live: compacted.live.map((live) => ({ ...live, generation: 2 * live.generation })),
    });
    expect(logView(log, defaultSettings, replaced).sql.length).toBeLessThan(30_000);
  });

  it('have the same columns as their definition says', () => {
    const sql = logViewSql('shop_app', root);
    const selected = [...sql.slice(0, sql.indexOf(' FROM (')).matchAll(/"(\w+)"(?=,|$)/g)].map(
      ([, name]) => name,
    );
    expect(selected).toEqual(logColumns.map(({ name }) => name));
  });
});

describe('generationsSql', () => {
  it('is true of exactly the generations that are given', () => {
    const accepts = (sql: string, generation: number): boolean =>
      [...sql.matchAll(/IN \(([^)]*)\)|BETWEEN (\d+) AND (\d+)/g)].some(([, list, first, last]) =>
        list === undefined
          ? generation >= Number(first) && generation <= Number(last)
          : list.split(', ').map(Number).includes(generation),
      );
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 40 })), (generations) => {
        const sql = generationsSql(generations);
        for (let n = 0; n <= 41; n++) expect(accepts(sql, n)).toBe(generations.includes(n));
      }),
      { numRuns: 60 },
    );
  });
});

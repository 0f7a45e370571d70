import { describe, expect, it } from 'vitest';
import type { SystemColumn } from '../../../src/logs/catalog/system-table.ts';
import { systemTables } from '../../../src/logs/catalog/system-tables.ts';
import { reservedTableNames } from '../../../src/logs/layout/table-names.ts';
import { runKeys } from '../../../src/run/run-keys.ts';
import { runRowKey, runRowOf } from '../../../src/run/run-row.ts';
import { decisionsPrefix } from '../../../src/scaling/decisions/decision-keys.ts';
import { decisionRow } from '../../../src/scaling/decisions/decision-row.ts';
import { timelineRows } from '../../../src/stats/timeline.ts';
import { aSummary } from '../../cli/builders.ts';
import { tallyOf } from '../../stats/builders.ts';

const tableOf = (name: string) => {
  const table = systemTables.find((candidate) => candidate.name === name);
  if (table === undefined) throw new Error(`no table ${name}`);
  return table;
};

/** Paths of all values in a row, those of objects one by one. */
const pathsOf = (row: object): string[] =>
  Object.entries(row).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null
      ? Object.keys(value).map((inner) => `$.${key}.${inner}`)
      : [`$.${key}`],
  );

const pathsIn = (columns: readonly SystemColumn[]): string[] => [...new Set(columns.map(({ path }) => path))];

const fits = (value: unknown, type: SystemColumn['type']): boolean => {
  if (value === null) return true;
  switch (type) {
    case 'timestamp':
      return typeof value === 'string' && new Date(value).toISOString() === value;
    case 'int':
    case 'bigint':
      return Number.isInteger(value);
    case 'double':
      return typeof value === 'number';
    default:
      return typeof value === type;
  }
};

const valueAt = (row: object, path: string): unknown =>
  path
    .slice(2)
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | null)?.[key] ?? null, row);

describe('tables of what stormdrain writes', () => {
  const summary = aSummary({ startedAt: '2026-01-31T10:20:30.000Z' });
  const second = timelineRows(
    tallyOf([
      { kind: 'arrived', at: 100_000, micros: 5 },
      { kind: 'completed', step: 0, at: 300_000, micros: 2_000 },
    ]).seconds,
    {
      runId: 'r1',
      startAtMillis: Date.UTC(2026, 0, 1),
      warmupSeconds: 1,
      scheduledIn: () => 2,
      changesAt: () => ({ shardCount: 1, rateScale: 1.5 }),
    },
    0,
    1,
  );

  it.each([
    ['runs', [runRowOf(summary)]],
    ['run_timeline', second],
  ])('%s: have a column for everything in a row, of its type', (name, rows) => {
    const { columns } = tableOf(name);
    expect(rows.length).toBeGreaterThan(0);
    expect(pathsIn(columns).sort()).toEqual(pathsOf(rows[0] ?? {}).sort());
    for (const row of rows)
      for (const { path, type } of columns)
        expect([path, fits(valueAt(row, path), type)]).toEqual([path, true]);
  });

  it('decisions: have a column for everything in a row but its version', () => {
    const fields = Object.keys(decisionRow.shape).filter((field) => field !== 'version');
    expect(pathsIn(tableOf('decisions').columns).sort()).toEqual(fields.map((field) => `$.${field}`).sort());
  });

  it('lie where their rows are written', () => {
    expect(runRowKey(summary).startsWith(tableOf('runs').prefix)).toBe(true);
    expect(runKeys('r1').timeline(new Date(0)).startsWith(tableOf('run_timeline').prefix)).toBe(true);
    expect(tableOf('decisions').prefix).toBe(decisionsPrefix);
  });

  it('have names that no container gets, and column names in lower case, each once', () => {
    for (const { name, columns, partitionColumns } of systemTables) {
      expect(reservedTableNames).toContain(name);
      const names = [...columns, ...partitionColumns].map((column) => column.name);
      expect(new Set(names).size).toBe(names.length);
      for (const column of names) expect(column).toMatch(/^[a-z][a-z0-9_]*$/);
    }
  });
});

import type { SqlCell, SqlColumn, SqlPage } from '../../ports/sql-engine.ts';
import { quoteIdentifier } from '../../ports/sql-quoting.ts';
import type { DuckDb } from './load-duck-db.ts';
import type { Database } from './open-database.ts';

/** Where a query's rows are until they are asked for: in memory, and beyond its limit in the scratch folder. */
export const resultTable = 'stormdrain_result.result';

const pageRows = 1_000;

/** A result that can be paged through, again and again. */
export interface SqlResult {
  page(after?: string): Promise<SqlPage>;
}

/** @param names As the query has them; those of the table were made unique. */
export const openResult = async (
  duckDb: DuckDb,
  database: Database,
  names: readonly string[],
): Promise<SqlResult> => {
  const described = await database.work.run(`SELECT * FROM ${resultTable} LIMIT 0`);
  const shown = described.columnTypes().map((type) => showType(duckDb, type.typeId, String(type)));
  const columns: readonly SqlColumn[] = shown.map(({ type }, n) => ({ name: names[n] ?? '', type }));
  const cells = described
    .columnNames()
    .map((name, n) => shown[n]?.cell(quoteIdentifier(name)) ?? quoteIdentifier(name));
  const [[counted] = []] = await database.look(`SELECT count(*)::DOUBLE FROM ${resultTable}`);
  const count = Number(counted ?? 0);
  return {
    async page(after = '0') {
      const from = Number(after);
      if (!Number.isSafeInteger(from) || from < 0) throw new RangeError(`${after} is no place in a result.`);
      const read = await database.look(
        `SELECT ${cells.join(', ')} FROM ${resultTable} WHERE rowid >= ${from} AND rowid < ${from + pageRows} ORDER BY rowid`,
      );
      const rows = read.map((row) => row.map(cellOf));
      return { columns, rows, ...(from + pageRows < count ? { next: String(from + pageRows) } : {}) };
    },
  };
};

interface ShownType {
  readonly type: string;
  /** An expression of numbers, texts and booleans only. */
  cell(column: string): string;
}

const asText = (column: string): string => `CAST(${column} AS VARCHAR)`;
const asJson = (column: string): string => `CAST(to_json(${column}) AS VARCHAR)`;
const instant = (format: string) => (column: string) => `strftime(${column}, '%Y-%m-%dT%H:%M:%S${format}Z')`;
const asIs = (column: string): string => column;
/** Microseconds only where there are any: what Trino computes of milliseconds stays milliseconds. */
const millis = (column: string): string =>
  `CASE WHEN epoch_us(${column}) % 1000 = 0 THEN ${instant('.%g')(column)} ELSE ${instant('.%f')(column)} END`;

const showType = ({ DuckDBTypeId: id }: DuckDb, typeId: number, text: string): ShownType => {
  switch (typeId) {
    case id.BOOLEAN:
    case id.TINYINT:
    case id.SMALLINT:
    case id.INTEGER:
    case id.BIGINT:
    case id.DOUBLE:
    case id.VARCHAR:
      return { type: text.toLowerCase(), cell: asIs };
    case id.FLOAT:
      return { type: 'real', cell: asIs };
    case id.UTINYINT:
    case id.USMALLINT:
    case id.UINTEGER:
    case id.UBIGINT:
    case id.HUGEINT:
    case id.UHUGEINT:
      // Sums of whole numbers are; Trino's are bigint.
      return { type: 'bigint', cell: asIs };
    case id.TIMESTAMP_S:
      return { type: 'timestamp(0)', cell: instant('') };
    case id.TIMESTAMP_MS:
      return { type: 'timestamp(3)', cell: instant('.%g') };
    case id.TIMESTAMP:
      return { type: 'timestamp(3)', cell: millis };
    case id.TIMESTAMP_TZ:
      return {
        type: 'timestamp(3) with time zone',
        cell: (column) => millis(`make_timestamp(epoch_us(${column}))`),
      };
    case id.LIST:
    case id.ARRAY:
      return { type: 'array', cell: asJson };
    case id.MAP:
      return { type: 'map', cell: asJson };
    case id.STRUCT:
      return { type: 'row', cell: asJson };
    case id.BLOB:
      return { type: 'varbinary', cell: (column) => `lower(hex(${column}))` };
    case id.SQLNULL:
      return { type: 'unknown', cell: asText };
    default:
      return { type: text.toLowerCase(), cell: asText };
  }
};

const cellOf = (value: unknown): SqlCell => {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
};

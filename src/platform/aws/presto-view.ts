import * as z from 'zod/mini';
import type { CatalogColumn, CatalogView, ColumnType } from '../ports/log-catalog.ts';

/**
 * How Athena, as Presto and Trino before it, keeps a view in a Hive catalog: as a comment with a document. A view is known
 * by its table type and by the parameters `presto_view` and `comment` (`ViewReaderUtil` and `ConnectorViewDefinition` in
 * Trino's source; Athena writes the same three fields and the columns).
 */
const prefix = '/* Presto View: ';
const suffix = ' */';

export const viewExpandedText = '/* Presto View */';
export const viewParameters = { presto_view: 'true', comment: 'Presto View' } as const;

/** Of `ViewOriginalText` (Glue's API reference). */
export const longestViewText = 409_600;

const trinoType: Readonly<Record<ColumnType, string>> = {
  string: 'varchar',
  int: 'integer',
  bigint: 'bigint',
  double: 'double',
  boolean: 'boolean',
  timestamp: 'timestamp(3)',
};

const viewDocument = z.object({
  originalSql: z.string(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
});

export const encodePrestoView = (
  { sql, columns }: Pick<CatalogView, 'sql' | 'columns'>,
  database: string,
): string => {
  const document = {
    originalSql: sql,
    catalog: 'awsdatacatalog',
    schema: database,
    columns: columns.map(({ name, type }) => ({ name, type: trinoType[type] })),
  };
  return `${prefix}${Buffer.from(JSON.stringify(document)).toString('base64')}${suffix}`;
};

/** Undefined for what isn't such a document. A column of a type that we never write is left out: such a view isn't as it should be. */
export const parsePrestoView = (
  text: string,
): { readonly sql: string; readonly columns: readonly CatalogColumn[] } | undefined => {
  if (!text.startsWith(prefix) || !text.endsWith(suffix)) return undefined;
  const encoded = text.slice(prefix.length, -suffix.length);
  const parsed = viewDocument.safeParse(parseJson(Buffer.from(encoded, 'base64').toString()));
  if (!parsed.success) return undefined;
  const columns = parsed.data.columns.flatMap(({ name, type }) => {
    const ours = typeOfTrino.get(type);
    return ours === undefined ? [] : [{ name, type: ours }];
  });
  return { sql: parsed.data.originalSql, columns };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const columnTypes: readonly ColumnType[] = ['string', 'int', 'bigint', 'double', 'boolean', 'timestamp'];
const typeOfTrino: ReadonlyMap<string, ColumnType> = new Map(
  columnTypes.map((type) => [trinoType[type], type]),
);

export const isColumnType = (type: string | undefined): type is ColumnType =>
  columnTypes.some((known) => known === type);

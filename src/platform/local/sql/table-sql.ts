import type { CatalogColumn, CatalogTable, ColumnType } from '../../ports/log-catalog.ts';
import { quoteIdentifier } from '../../ports/sql-quoting.ts';
import { literal, literals } from './sql-text.ts';
import type { TableFile } from './table-files.ts';

export interface ReadOptions {
  /** Longest line of text that can be read. */
  readonly lineBytes: number;
  /** Files of text that DuckDB doesn't read, and copies of them that it does. */
  readonly copies: ReadonlyMap<string, string>;
}

const sqlTypes: Readonly<Record<ColumnType, string>> = {
  string: 'VARCHAR',
  int: 'INTEGER',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP_MS',
};

/**
 * A SELECT of a table's rows: its columns, its partition columns, and `"$path"`. Values of partitions are the catalog's. Where
 * the folders of the files say the same, DuckDB takes them from there, because then it leaves out files that a predicate
 * excludes without a branch for each partition.
 */
export const tableSql = (table: CatalogTable, files: readonly TableFile[], options: ReadOptions): string => {
  const plain = files.filter(({ path }) => !options.copies.has(path));
  const copied = files.filter(({ path }) => options.copies.has(path));
  const selects = [
    ...groupFiles(table, plain).map((group) => groupSql(table, group, options)),
    ...copied.map((file) => copySql(table, file, options)),
  ];
  return selects.length === 0 ? nothingSql(table) : selects.join(' UNION ALL ');
};

/** Files whose partition values are told in one way. */
interface FileGroup {
  readonly paths: readonly string[];
  /** An expression for each partition column. */
  readonly values: readonly string[];
  /** Of folders `name=value`, from left to right, with the type of the column that they are. */
  readonly folders: readonly (readonly [name: string, type: string])[];
}

export const groupFiles = (table: CatalogTable, files: readonly TableFile[]): readonly FileGroup[] => {
  const groups = new Map<string, { readonly group: Omit<FileGroup, 'paths'>; readonly paths: string[] }>();
  for (const file of files) {
    const names = folderNames(table, file);
    const key = JSON.stringify(names === undefined ? file.values : { names });
    const known = groups.get(key);
    if (known !== undefined) known.paths.push(file.path);
    else groups.set(key, { group: describeGroup(table, file, names), paths: [file.path] });
  }
  return [...groups.values()].map(({ group, paths }) => ({ ...group, paths }));
};

const describeGroup = (
  { partitionColumns }: CatalogTable,
  { values }: TableFile,
  names: readonly string[] | undefined,
): Omit<FileGroup, 'paths'> =>
  names === undefined
    ? { values: partitionColumns.map((column, n) => valueSql(column, values[n])), folders: [] }
    : {
        values: names.map(quoteIdentifier),
        folders: partitionColumns.map(({ type }, n) => [names[n] ?? '', sqlTypes[type]]),
      };

const valueSql = ({ type }: CatalogColumn, value = ''): string =>
  `TRY_CAST(${literal(value)} AS ${sqlTypes[type]})`;

/** The names of the folders right below the table's own, where their values are those of the partition. */
const folderNames = (
  { location, partitionColumns }: CatalogTable,
  { path, values }: TableFile,
): readonly string[] | undefined => {
  if (partitionColumns.length === 0) return [];
  if (!path.startsWith(location) || location.includes('=')) return undefined;
  const folders = path.slice(location.length).split('/').slice(0, -1);
  const parts = folders.map((folder) => /^(\w+)=([\w.-]+)$/.exec(folder));
  const agrees = partitionColumns.every(
    ({ type }, n) => canonical(type, parts[n]?.[2]) === canonical(type, values[n]),
  );
  const names = parts.map((part) => part?.[1] ?? '');
  const isWhole = parts.length === partitionColumns.length && parts.every((part) => part !== null) && agrees;
  return isWhole && new Set(names).size === names.length ? names : undefined;
};

const canonical = (type: ColumnType, value: string | undefined): string | undefined =>
  value !== undefined && type !== 'string' && /^\d{1,15}$/.test(value) ? String(Number(value)) : value;

const groupSql = (
  table: CatalogTable,
  { paths, values, folders }: FileGroup,
  options: ReadOptions,
): string => {
  const hive =
    folders.length === 0
      ? 'hive_partitioning = false'
      : `hive_partitioning = true, hive_types = {${folders
          .map(([name, type]) => `${literal(name)}: ${type}`)
          .join(', ')}}`;
  const source =
    table.format === 'lines'
      ? readLines(paths, `filename = true, compression = 'gzip', ${hive}`, options)
      : `read_parquet(${literals(paths)}, filename = true, ${hive})`;
  return selectSql(table, values, 'filename', source);
};

const copySql = (table: CatalogTable, { path, values }: TableFile, options: ReadOptions): string => {
  const copy = options.copies.get(path) ?? path;
  const partition = table.partitionColumns.map((column, n) => valueSql(column, values[n]));
  return selectSql(table, partition, literal(path), readLines([copy], `compression = 'none'`, options));
};

const selectSql = (
  { format, columns, partitionColumns }: CatalogTable,
  values: readonly string[],
  path: string,
  source: string,
): string => {
  // An empty line is one, as it is for Athena.
  const own = columns.map(({ name, type }) =>
    format === 'lines'
      ? `coalesce(line, '') AS ${quoteIdentifier(name)}`
      : `CAST(${quoteIdentifier(name)} AS ${sqlTypes[type]}) AS ${quoteIdentifier(name)}`,
  );
  const partition = partitionColumns.map(({ name }, n) => `${values[n]} AS ${quoteIdentifier(name)}`);
  return `SELECT ${[...own, ...partition, `${path} AS "$path"`].join(', ')} FROM ${source}`;
};

const nothingSql = ({ columns, partitionColumns }: CatalogTable): string => {
  const all = [...columns, ...partitionColumns, { name: '$path', type: 'string' as const }];
  return `SELECT ${all.map(({ name, type }) => `CAST(NULL AS ${sqlTypes[type]}) AS ${quoteIdentifier(name)}`).join(', ')} WHERE false`;
};

/**
 * Lines as one column: by a separator of four control characters, nothing is taken apart or out, neither quotes nor `\x01`
 * nor NUL. Everything is said, because what isn't is guessed from the first file.
 */
const readLines = (paths: readonly string[], more: string, { lineBytes }: ReadOptions): string =>
  `read_csv(${literals(paths)}, columns = {'line': 'VARCHAR'}, auto_detect = false, header = false, delim = e'\\x01\\x02\\x03\\x04', quote = '', escape = '', strict_mode = false, max_line_size = ${lineBytes}, buffer_size = ${2 * lineBytes}, ${more})`;

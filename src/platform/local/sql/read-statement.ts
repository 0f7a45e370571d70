import type { Database } from './open-database.ts';

/** What a text is, by DuckDB's own parser. */
export type ReadStatement =
  /** One SELECT, and what it may mean as tables: names without a schema, in lower case, those of its WITH among them. */
  | { readonly kind: 'select'; readonly tables: readonly string[] }
  /** Something else, or a SELECT of more than tables. */
  | { readonly kind: 'refused'; readonly message: string }
  /** No SQL. Whoever prepares it is told where. */
  | { readonly kind: 'unreadable'; readonly message: string };

/** Those that Trino has, by whatever name. All others read files, settings or other queries. */
const harmlessFunctions: ReadonlySet<string> = new Set(['unnest', 'generate_series', 'range']);

export const readStatement = async (database: Database, sql: string): Promise<ReadStatement> => {
  const [[serialized] = []] = await database.look(
    'SELECT CAST(json_serialize_sql(CAST($1 AS VARCHAR)) AS VARCHAR)',
    [sql],
  );
  return parseSerialized(JSON.parse(String(serialized)));
};

/** @param serialized What DuckDB's `json_serialize_sql` gives. */
export const parseSerialized = (serialized: unknown): ReadStatement => {
  const { error, error_type: type, error_message: message, statements } = fieldsOf(serialized);
  if (error !== false)
    return type === 'not implemented'
      ? { kind: 'refused', message: 'Only a SELECT can be asked.' }
      : { kind: 'unreadable', message: String(message) };
  if (!Array.isArray(statements) || statements.length !== 1)
    return { kind: 'refused', message: 'Give one SELECT, not several statements.' };
  const tables = new Set<string>();
  const refusals: string[] = [];
  walk(statements[0], (node) => {
    if (node.type === 'BASE_TABLE' && node.schema_name === '' && typeof node.table_name === 'string')
      tables.add(node.table_name.toLowerCase());
    if (node.type === 'SHOW_REF') refusals.push('Only a SELECT can be asked.');
    if (node.type === 'TABLE_FUNCTION') {
      const name = String(fieldsOf(node.function).function_name);
      if (!harmlessFunctions.has(name))
        refusals.push(`A SELECT reads tables of the catalog, and not ${name}(…).`);
    }
  });
  const [refusal] = refusals;
  return refusal === undefined
    ? { kind: 'select', tables: [...tables].sort() }
    : { kind: 'refused', message: refusal };
};

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

const walk = (value: unknown, visit: (node: Fields) => void): void => {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) visit(value as Fields);
  for (const inner of Object.values(value)) walk(inner, visit);
};

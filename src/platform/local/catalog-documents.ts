import * as z from 'zod/mini';

const column = z.object({
  name: z.string(),
  type: z.enum(['string', 'int', 'bigint', 'double', 'boolean', 'timestamp']),
});
const columns = z.array(column);
const parameters = z.record(z.string(), z.string());

/** `catalog/<name>.json`. */
export const entryDocument = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('table'),
    name: z.string(),
    format: z.enum(['lines', 'parquet']),
    location: z.string(),
    columns,
    partitionColumns: columns,
    parameters,
  }),
  z.object({ kind: z.literal('view'), name: z.string(), sql: z.string(), columns, parameters }),
]);

/** `catalog/partitions/<table>.json`. */
export const partitionsDocument = z.array(z.object({ values: z.array(z.string()), location: z.string() }));

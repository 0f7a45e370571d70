import { SqlRefusedError } from '../../../errors.ts';

export type DuckDb = typeof import('@duckdb/node-api');

const testedVersion = '1.5.5-r.5';

/**
 * DuckDB is a program of 60 MB for one processor and system, so it is installed beside the package by those who ask for logs.
 * Throws `SqlRefused` where it isn't.
 */
export const loadDuckDb = async (
  load: () => Promise<DuckDb> = () => import('@duckdb/node-api'),
): Promise<DuckDb> => {
  try {
    return await load();
  } catch (cause) {
    const why = isNotThere(cause) ? "isn't installed" : `can't be loaded (${String(cause)})`;
    throw new SqlRefusedError(
      `SQL on this machine is answered by DuckDB, which ${why}: run "npm install @duckdb/node-api@${testedVersion}"`,
      { cause },
    );
  }
};

const isNotThere = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';

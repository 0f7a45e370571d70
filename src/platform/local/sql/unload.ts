import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { QueryInvalidError, SqlRefusedError, SqlUnavailableError } from '../../../errors.ts';
import type { ObjectListing } from '../../ports/object-listing.ts';
import { hiddenFolder } from '../list-folder.ts';
import { classifyDuckDbFailure } from './classify-duck-db-failure.ts';
import { inTables, type SqlContext, type Statement } from './in-tables.ts';
import type { Database } from './open-database.ts';
import { literal } from './sql-text.ts';

const unloadText =
  /^\s*UNLOAD\s*\((.*)\)\s*TO\s*'((?:[^']|'')*)'\s*WITH\s*\(\s*format\s*=\s*'PARQUET'\s*,\s*compression\s*=\s*'ZSTD'\s*,\s*compression_level\s*=\s*(\d{1,2})\s*\)\s*$/is;

/** @returns undefined for any other statement. */
export const parseUnload = (
  sql: string,
): { readonly select: string; readonly target: string; readonly level: number } | undefined => {
  const [, select, target, level] = unloadText.exec(sql) ?? [];
  return select === undefined || target === undefined
    ? undefined
    : { select, target: target.replaceAll("''", "'"), level: Number(level) };
};

/** Carries out an UNLOAD: one file, written aside and moved to its place when it is whole. */
export const unloadTo = async (
  context: SqlContext,
  sql: string,
  read: (select: string) => Promise<Statement>,
): Promise<void> => {
  const parsed = parseUnload(sql);
  if (parsed === undefined)
    throw new QueryInvalidError(
      "Only UNLOAD (<select>) TO '…' WITH (format = 'PARQUET', compression = 'ZSTD', compression_level = N) is carried out here.",
    );
  const { listing } = context;
  await mustBeFree(parsed.target, listing);
  const statement = await read(parsed.select);
  const aside = join(listing.root, hiddenFolder, `unload-${randomUUID()}.parquet`);
  await mkdir(join(listing.root, hiddenFolder), { recursive: true });
  const opened: Database[] = [];
  const onOpen = async (database: Database) => {
    await opened.pop()?.close();
    opened.push(database);
  };
  try {
    const folders = [join(listing.root, hiddenFolder, '/')];
    await inTables(context, statement, { onOpen, folders }, ({ work }) =>
      work.run(
        `COPY (\n${parsed.select}\n) TO ${literal(aside)} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL ${parsed.level})`,
      ),
    );
    await mkdir(parsed.target, { recursive: true });
    await rename(aside, `${parsed.target}${randomUUID()}.parquet`);
  } catch (error) {
    const failure = classifyDuckDbFailure(error, listing.root);
    if (failure.cause === 'engine' || failure.cause === 'interrupted')
      throw new SqlUnavailableError(`UNLOAD failed: ${String(error)}`, { cause: error });
    throw new SqlRefusedError(`UNLOAD failed: ${String(error)}`, { cause: error });
  } finally {
    await opened.pop()?.close();
    await rm(aside, { force: true });
  }
};

const mustBeFree = async (target: string, listing: ObjectListing): Promise<void> => {
  const key = target.slice(listing.root.length);
  if (!target.startsWith(listing.root) || !/^([^/]+\/)+$/.test(key) || /(^|\/)\.\.?\//.test(key))
    throw new QueryInvalidError(`${target} is no prefix of this machine's store, ${listing.root}.`);
  for await (const { key: taken } of listing.objects(key))
    throw new QueryInvalidError(`UNLOAD wants an empty prefix, and ${target} has ${taken}.`);
};

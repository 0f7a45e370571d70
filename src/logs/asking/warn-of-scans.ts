import { formatBytes } from '../../document/bytes-quantity.ts';
import { QueryInvalidError } from '../../errors.ts';
import type { LogTableEntry } from '../../platform/ports/logs-api.ts';
import { compactedName, rawName } from '../catalog/view-sql.ts';
import { type EstimatePorts, estimateScan } from './estimate-scan.ts';
import { findLogTables } from './find-log-tables.ts';
import type { SqlToken } from './sql-tokens.ts';

/**
 * What is to be said before a SELECT is started: of each log table that it limits by no day, how much would be read. Throws
 * `QueryInvalid` when that is more than `maxScanBytes`.
 */
export const warnOfScans = async (
  ports: EstimatePorts,
  tokens: readonly SqlToken[],
  tables: readonly LogTableEntry[],
  maxScanBytes: number | undefined,
): Promise<readonly string[]> => {
  const byName = new Map(
    tables.flatMap((log) =>
      [log.table, rawName(log.table), compactedName(log.table)].map((name) => [name, log]),
    ),
  );
  const warnings: string[] = [];
  let left = maxScanBytes ?? Number.POSITIVE_INFINITY;
  for (const { table, isPruned } of findLogTables(tokens, byName.keys())) {
    const log = byName.get(table);
    if (isPruned || log === undefined) continue;
    const { bytes, isAll } = await estimateScan(ports, log, table, left);
    left -= bytes;
    const much = `${isAll ? '' : 'more than '}${formatBytes(bytes)}`;
    const warning = `${table} is read whole, ${much}: limit it by its days, as in WHERE year = 2026 AND month = 11 AND day IN (20, 21)`;
    if (left < 0 && maxScanBytes !== undefined)
      throw new QueryInvalidError(`${warning}; no more than ${formatBytes(maxScanBytes)} may be scanned`);
    warnings.push(warning);
  }
  return warnings;
};

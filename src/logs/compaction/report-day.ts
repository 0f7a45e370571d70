import { logFailure } from '../../calls/log-failure.ts';
import type { LogTable } from '../catalog/log-tables.ts';
import type { CatalogPorts } from '../logs-ports.ts';
import type { CaughtFailure } from './salvage-day.ts';

/** Says which day could not be compacted, and why. Its raw objects are read as before, and the next night tries again. */
export const reportDay = async (
  _ports: CatalogPorts,
  { table, day, failure }: LogTable & { readonly day: string; readonly failure: CaughtFailure },
): Promise<{ readonly table: string; readonly day: string }> => {
  const { Error: name, Cause } = failure;
  logFailure({ what: 'compacting a day', table, day, error: `${name}: ${Cause.slice(0, 2000)}` });
  return { table, day };
};

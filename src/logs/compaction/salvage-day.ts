import type { CatalogPorts } from '../logs-ports.ts';
import { findObject } from '../salvage/find-object.ts';
import { salvageObject } from '../salvage/salvage-object.ts';

export interface SalvagedDay {
  /** Whether compacting the day once more may succeed. */
  readonly tryAgain: boolean;
}

/** As the machine catches it: `Cause` of a failed UNLOAD is the query's execution as JSON. */
export interface CaughtFailure {
  readonly Error: string;
  readonly Cause: string;
}

/** A failed UNLOAD names the object that it could not read: that one is salvaged, so that the next try can read the day. */
export const salvageDay = async (
  ports: CatalogPorts,
  { failure }: { readonly failure: CaughtFailure },
): Promise<SalvagedDay> => {
  const key = findObject(failure.Cause, ports.listing.root);
  // Athena's own fault, by its own word.
  if (key === undefined) return { tryAgain: /"Retryable"\s*:\s*true/.test(failure.Cause) };
  const { kind } = await salvageObject(ports, key);
  return { tryAgain: kind === 'salvaged' || kind === 'missing' || kind === 'readable' };
};

import { nearestName } from '../../document/nearest-name.ts';
import { LogTableNotFoundError } from '../../errors.ts';
import type { LogTableEntry } from '../../platform/ports/logs-api.ts';

/** Those of a family, or the one of a container. Throws `LogTableNotFound` naming what there is nearby. */
export const chooseTables = (
  tables: readonly LogTableEntry[],
  { family, container }: { readonly family: string; readonly container?: string },
): readonly LogTableEntry[] => {
  const ofFamily = tables.filter((table) => table.family === family);
  const chosen =
    container === undefined ? ofFamily : ofFamily.filter((table) => table.container === container);
  if (chosen.length > 0) return chosen;
  const wanted = container === undefined ? family : `${family}/${container}`;
  throw new LogTableNotFoundError(
    `there are no logs of ${shorten(wanted)}: ${whatThereIs(tables, ofFamily, wanted)}`,
  );
};

const shorten = (name: string): string => (name.length > 100 ? `${name.slice(0, 100)}…` : name);

const whatThereIs = (
  tables: readonly LogTableEntry[],
  ofFamily: readonly LogTableEntry[],
  wanted: string,
): string => {
  if (tables.length === 0) return 'there are none of any container yet';
  const textOf = ({ family, container }: LogTableEntry): string => `${family}/${container}`;
  if (ofFamily.length > 0) return `the family has ${some(ofFamily.map(textOf))}`;
  const near = nearestName(wanted, [...new Set(tables.map(({ family }) => family)), ...tables.map(textOf)]);
  return near === undefined ? `there are those of ${some(tables.map(textOf))}` : `did you mean ${near}?`;
};

const mostNamed = 10;

const some = (names: readonly string[]): string => {
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
  return `${names.slice(0, mostNamed).join(', ')}${more}`;
};

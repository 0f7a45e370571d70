import type { CatalogEntry } from '../../platform/ports/log-catalog.ts';
import { type ContainerName, isEcsName } from '../layout/container-name.ts';
import { entryParameters } from './table-definitions.ts';
import { compactedName, rawName } from './view-sql.ts';

const endings: Readonly<Record<string, string>> = {
  logs: '',
  raw: rawName(''),
  compacted: compactedName(''),
};

/** The table of logs that an entry belongs to, its own view or what lies beneath it. Undefined for other entries. */
export const tableOfEntry = ({
  name,
  parameters,
}: CatalogEntry): { readonly table: string; readonly name: ContainerName } | undefined => {
  const family = parameters[entryParameters.family] ?? '';
  const container = parameters[entryParameters.container] ?? '';
  const ending = endings[parameters[entryParameters.kind] ?? ''];
  if (ending === undefined || !isEcsName(family) || !isEcsName(container)) return undefined;
  return name.endsWith(ending)
    ? { table: name.slice(0, name.length - ending.length), name: { family, container } }
    : undefined;
};

import type { DocumentPath, DocumentSource } from '../document/document-source.ts';
import { isMapping } from '../document/findings.ts';
import type { ImportLog } from './imported.ts';

export { isMapping };
export type Mapping = Readonly<Record<string, unknown>>;

/** An Artillery script that is being read, and the plan's variables as they are met. */
export interface ArtilleryScript {
  readonly config: Mapping;
  /** The plan's variables: those of the script, those of its environment, and stand-ins for what nobody sets. */
  readonly variables: Map<string, string | number | boolean>;
  /** Variables that have several values to choose from, as templates. */
  readonly choices: ReadonlyMap<string, string>;
  leave(what: string, path: DocumentPath): void;
  note(text: string): void;
}

export const openScript = (
  data: Mapping,
  source: DocumentSource,
  log: ImportLog,
): Omit<ArtilleryScript, 'choices'> => ({
  config: isMapping(data.config) ? data.config : {},
  variables: new Map(),
  leave: (what, path) => log.leave(what, source.placeOf(path, 'key').line),
  note: log.note,
});

/** Lists the keys that nobody reads. */
export const leaveOtherKeys = (
  mapping: Mapping,
  known: readonly string[],
  path: DocumentPath,
  script: Pick<ArtilleryScript, 'leave'>,
  why: (key: string) => string | undefined = () => undefined,
): void => {
  for (const key of Object.keys(mapping)) {
    if (known.includes(key)) continue;
    const reason = why(key);
    script.leave(`${[...path, key].join('.')}${reason === undefined ? '' : `: ${reason}`}`, [...path, key]);
  }
};

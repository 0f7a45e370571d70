import { formatProblems } from '../../document/document-problem.ts';
import { DocumentInvalidError } from '../../errors.ts';
import type { CatalogPorts } from '../logs-ports.ts';
import { type LogSettings, parseLogSettings } from './parse-log-settings.ts';

/** Written by people, into the store. */
export const logSettingsKey = 'config/logs.yml';

/** The deployment's defaults when there is no such document. Throws `DocumentInvalid` with every mistake and its place. */
export const readLogSettings = async ({
  store,
  defaults,
}: Pick<CatalogPorts, 'store' | 'defaults'>): Promise<LogSettings> => {
  const got = await store.get(logSettingsKey);
  if (got.kind !== 'found') return { defaults, tables: new Map() };
  const parsed = parseLogSettings(new TextDecoder().decode(got.body), { file: logSettingsKey, defaults });
  if (parsed.kind === 'settings') return parsed.settings;
  throw new DocumentInvalidError(
    `${logSettingsKey} has mistakes, so no table was touched. Mend it and update the catalog again.\n${formatProblems(parsed.problems)}`,
  );
};

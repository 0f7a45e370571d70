import type { DocumentProblem } from '../../document/document-problem.ts';
import { readDocumentSource } from '../../document/document-source.ts';
import { isMapping, problemsOf, schemaFindings } from '../../document/findings.ts';
import { type ContainerName, containerText } from '../layout/container-name.ts';
import { logSettingsDocument, type WrittenSettings } from './log-settings-document.ts';
import type { TableSettings } from './table-settings.ts';

/** What `config/logs.yml` says of all tables, and of some. */
export interface LogSettings {
  readonly defaults: TableSettings;
  readonly tables: ReadonlyMap<string, WrittenSettings>;
}

export type ParsedLogSettings =
  | { readonly kind: 'settings'; readonly settings: LogSettings }
  /** At least one, in the order of the document. */
  | { readonly kind: 'problems'; readonly problems: readonly DocumentProblem[] };

/** Never throws for what is written. @param defaults What holds where the document says nothing. */
export const parseLogSettings = (
  text: string,
  { file, defaults }: { readonly file: string; readonly defaults: TableSettings },
): ParsedLogSettings => {
  const source = readDocumentSource(text);
  if (source.problems.length > 0) {
    const nowhere = { code: 'invalid' as const, file, path: '', value: '' };
    return { kind: 'problems', problems: source.problems.map((problem) => ({ ...nowhere, ...problem })) };
  }
  const refused = (findings: Parameters<typeof problemsOf>[0]): ParsedLogSettings => ({
    kind: 'problems',
    problems: problemsOf(findings, file, source, source.data),
  });
  if (!isMapping(source.data))
    return refused([{ path: [], expected: 'settings of logs, a mapping that begins with version: 1' }]);
  const parsed = logSettingsDocument.safeParse(source.data);
  if (!parsed.success) return refused(schemaFindings(parsed.error.issues));
  const { tables } = parsed.data;
  return {
    kind: 'settings',
    settings: {
      defaults: settingsWith(defaults, parsed.data.defaults),
      tables: new Map(Object.entries(tables)),
    },
  };
};

/** What holds for a container: what is said of it alone, before what is said of its family, of its name, and of all. */
export const settingsOf = ({ defaults, tables }: LogSettings, name: ContainerName): TableSettings => {
  const patterns = [`*/${name.container}`, `${name.family}/*`, containerText(name)];
  const settings = patterns.reduce((before, pattern) => settingsWith(before, tables.get(pattern)), defaults);
  return { ...settings, compact: settings.compact && settings.mode === 'registered' };
};

const settingsWith = (
  { mode, retentionDays, compact }: TableSettings,
  written: WrittenSettings = {},
): TableSettings => ({
  mode: written.mode ?? mode,
  retentionDays: written.retention ?? retentionDays,
  compact: written.compact ?? compact,
});

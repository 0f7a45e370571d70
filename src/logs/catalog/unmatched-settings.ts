import { nearestName } from '../../document/nearest-name.ts';
import { containerText } from '../layout/container-name.ts';
import type { SurveyedTable } from './catalog-work.ts';
import type { LogSettings } from './parse-log-settings.ts';
import { logSettingsKey } from './read-log-settings.ts';

const mostNamed = 10;

/** A sentence for each table of the settings that no container has, yet or by a slip of the pen: the first ones. */
export const unmatchedSettings = (
  { tables }: Pick<LogSettings, 'tables'>,
  surveyed: readonly Pick<SurveyedTable, 'name'>[],
): readonly string[] => {
  const known = new Set(
    surveyed.flatMap(({ name }) => [containerText(name), `${name.family}/*`, `*/${name.container}`]),
  );
  return [...tables.keys()]
    .filter((pattern) => !known.has(pattern))
    .slice(0, mostNamed)
    .map((pattern) => {
      const near = nearestName(pattern, known);
      return `${logSettingsKey}: ${pattern} is no container's${near === undefined ? '' : ` (did you mean ${near}?)`}`;
    });
};

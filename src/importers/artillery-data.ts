import { type ArtilleryScript, isMapping, leaveOtherKeys, type Mapping } from './artillery-script.ts';
import { listOf } from './artillery-values.ts';

/** A data file of the script. */
export interface ArtilleryData {
  readonly file: string;
  readonly use: 'cycle' | 'random';
  /** The names of its columns; undefined when only the file tells. */
  readonly fields: readonly string[] | undefined;
}

const payloadKeys = ['path', 'fields', 'order', 'skipHeader'];

/** The files of `config.payload`. */
export const carryPayloads = (script: ArtilleryScript): readonly ArtilleryData[] =>
  listOf(script.config.payload).flatMap((payload, index, all): ArtilleryData[] => {
    const path = ['config', 'payload', ...(all.length > 1 ? [index] : [])];
    if (!isMapping(payload) || typeof payload.path !== 'string') {
      script.leave('a payload without a path', path);
      return [];
    }
    leaveOtherKeys(payload, payloadKeys, path, script);
    const { path: file, order, skipHeader } = payload;
    const fields = Array.isArray(payload.fields) ? payload.fields.map(String) : undefined;
    if (fields !== undefined) {
      const line = fields.join(',');
      if (skipHeader === true) script.note(`the first line of ${file} has to be ${line}`);
      else script.leave(`fields of ${file}: put ${line} into its first line`, [...path, 'fields']);
    }
    return [{ file, use: order === 'sequence' ? 'cycle' : 'random', fields }];
  });

/** The data file for a scenario: a plan has one for each, the first whose columns the scenario names. */
export const chooseData = (
  scenario: Mapping,
  payloads: readonly ArtilleryData[],
  leave: (what: string) => void,
): ArtilleryData | undefined => {
  const text = JSON.stringify(scenario);
  const used = new Set([...text.matchAll(/\{\{\s*([\w.-]+)/g)].map((match) => match[1]));
  const isNamed = ({ fields }: ArtilleryData): boolean =>
    fields?.some((field) => used.has(field)) ?? used.size > 0;
  const [chosen, ...others] = payloads.filter(isNamed);
  for (const { file } of others) leave(`${file}: a scenario has one data file, ${chosen?.file ?? ''}`);
  return chosen;
};

import { compile } from 'json-p3';
import type { DocumentPath } from '../document/document-source.ts';
import { headerNameField } from '../plan/document-headers.ts';
import { isVariableName } from '../plan/template.ts';
import { type ArtilleryScript, isMapping, type Mapping } from './artillery-script.ts';
import { type ArtilleryScope, carryText, carryValue } from './artillery-template.ts';
import { listOf } from './artillery-values.ts';

const isJsonPath = (path: string): boolean => {
  try {
    compile(path);
    return true;
  } catch {
    return false;
  }
};

const isRegex = (source: string): boolean => {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
};

/** The pattern whose first group is the group that is wanted; 0 is all that matches. */
const capturing = (pattern: string, group: number, leave: (what: string) => void): string => {
  const hasGroups = /(?<!\\)\((?!\?)|\(\?<[^=!]/.test(pattern);
  if (!hasGroups || group === 1) return pattern;
  if (group === 0 && !/\\[1-9]/.test(pattern)) return `(${pattern})`;
  leave(`group ${group} of the pattern ${pattern}: a plan captures the first group`);
  return pattern;
};

/** What an item of `capture` finds its value in, as a plan writes it; undefined when it was listed. */
const captureSource = (item: Mapping, leave: (what: string) => void): Mapping | undefined => {
  const { json, regexp, header } = item;
  if (typeof json === 'string') {
    // Artillery also takes .0 for [0].
    const path = (json.startsWith('$') ? json : `$.${json}`).replace(/\.(\d+)(?=[.[]|$)/g, '[$1]');
    if (isJsonPath(path)) return { json: path };
    leave(`a capture with the path ${json}, which isn't a JSONPath of RFC 9535`);
    return undefined;
  }
  if (typeof regexp === 'string' && isRegex(regexp)) {
    if (item.flags !== undefined) leave(`the flags ${String(item.flags)} of the pattern ${regexp}`);
    return { regex: capturing(regexp, Number(item.group ?? 0), leave) };
  }
  if (headerNameField.safeParse(header).success) return { header };
  leave(`a capture by ${Object.keys(item)[0] ?? 'nothing'}: a plan captures by json, regex or header`);
  return undefined;
};

const captureKeys = ['json', 'regexp', 'header', 'as', 'group', 'flags', 'strict'];

/** The captures of a request. Their names are known from here on. */
export const carryCaptures = (
  written: unknown,
  path: DocumentPath,
  scope: ArtilleryScope,
  script: ArtilleryScript,
): Mapping => {
  const captures: Record<string, Mapping> = {};
  for (const item of listOf(written)) {
    if (!isMapping(item)) continue;
    const leave = (what: string): void => script.leave(what, path);
    const name = typeof item.as === 'string' ? item.as : '';
    const source = captureSource(item, leave);
    if (source === undefined) continue;
    if (!isVariableName(name)) {
      leave(`a capture as ${JSON.stringify(item.as ?? null)}, which is no name of a variable`);
      continue;
    }
    if (item.strict === false) leave(`strict: false of the capture ${name}: finding nothing fails the step`);
    for (const key of Object.keys(item))
      if (!captureKeys.includes(key)) leave(`${key} of the capture ${name}`);
    captures[name] = source;
    scope.names.add(name);
  }
  return captures;
};

/** The checks of the expect plugin that a plan can make. */
export const carryExpectations = (
  written: unknown,
  path: DocumentPath,
  scope: ArtilleryScope,
  script: ArtilleryScript,
): Mapping => {
  const expect: { status?: unknown; headers?: Record<string, unknown>; body?: unknown } = {};
  const text = (value: unknown): string => carryText(String(value), path, scope, script);
  const header = (name: string, match: unknown): void => {
    expect.headers = { ...expect.headers, [name]: match };
  };
  for (const [kind, value] of listOf(written).flatMap((item) =>
    isMapping(item) ? Object.entries(item) : [],
  )) {
    const statuses = listOf(value).map(Number);
    const [first, second] = listOf(value);
    const isStatus = statuses.every((status) => Number.isInteger(status) && status >= 100 && status <= 599);
    if (kind === 'statusCode' && isStatus && statuses.length > 0)
      expect.status = statuses.length === 1 ? statuses[0] : statuses;
    else if (kind === 'contentType') header('content-type', { contains: text(value) });
    else if (kind === 'hasHeader') header(String(value), { matches: '.*' });
    else if (kind === 'headerEquals' && second !== undefined) header(String(first), text(second));
    else if (kind === 'matchesRegexp' && expect.body === undefined && isRegex(String(value)))
      expect.body = { matches: String(value) };
    else script.leave(`the expectation ${kind}: ${JSON.stringify(value)}`, path);
  }
  return expect;
};

/** `match`, an older way to expect a value. */
export const carryMatches = (
  written: unknown,
  path: DocumentPath,
  scope: ArtilleryScope,
  script: ArtilleryScript,
): Mapping => {
  const json: Record<string, unknown> = {};
  for (const item of listOf(written)) {
    const source = isMapping(item) ? item.json : undefined;
    if (isMapping(item) && typeof source === 'string' && isJsonPath(source))
      json[source] = carryValue(item.value, path, scope, script);
    else script.leave(`a match: ${JSON.stringify(item)}`, path);
  }
  return Object.keys(json).length === 0 ? {} : { json };
};

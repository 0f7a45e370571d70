import { nearestName } from '../../document/nearest-name.ts';
import { parseDuration } from '../../document/parse-quantity.ts';
import { loadShapes, type ShapeParameter } from './load-shapes.ts';
import type { LoadTrace } from './load-trace.ts';

export type ParsedShape =
  | { readonly kind: 'shape'; readonly trace: LoadTrace }
  /** `reason` names the value and what is expected instead. */
  | { readonly kind: 'problem'; readonly reason: string };

const problem = (reason: string): ParsedShape => ({ kind: 'problem', reason });

const meant = (name: string, known: readonly string[]): string => {
  const near = nearestName(name, known);
  return `${known.join(', ')}${near === undefined ? '' : ` (did you mean ${near}?)`}`;
};

const longestSeconds = 604_800;
const highestRate = 1e9;

const readValue = (text: string, { kind }: ShapeParameter): number | undefined => {
  if (kind === 'time') {
    const seconds = parseDuration(text);
    return seconds !== undefined && seconds >= 1 && seconds <= longestSeconds
      ? Math.round(seconds)
      : undefined;
  }
  return /^\d+(\.\d+)?$/.test(text) && Number(text) <= highestRate ? Number(text) : undefined;
};

const expectation = {
  time: 'a duration from 1s to 168h, such as 10m',
  rate: 'requests a second, such as 50',
};

/** `spike`, or `spike:from=50,to=500,at=10m,for=20m`. */
export const parseShape = (text: string): ParsedShape => {
  const [name = '', ...rest] = text.split(':');
  const shape = Object.hasOwn(loadShapes, name) ? loadShapes[name] : undefined;
  if (shape === undefined)
    return problem(`"${name}" is no shape: one of ${meant(name, Object.keys(loadShapes))}`);
  const values: Record<string, number> = {};
  for (const [key, { fallback }] of Object.entries(shape.parameters)) values[key] = fallback;
  for (const part of rest.join(':').split(',')) {
    if (part.trim() === '') continue;
    const at = part.indexOf('=');
    const key = part.slice(0, Math.max(0, at)).trim();
    const given = part.slice(at + 1).trim();
    if (at < 1) return problem(`"${part}" in ${name}: expected name=value, such as to=500`);
    const parameter = Object.hasOwn(shape.parameters, key) ? shape.parameters[key] : undefined;
    if (parameter === undefined)
      return problem(`"${key}" in ${name}: expected one of ${meant(key, Object.keys(shape.parameters))}`);
    const read = readValue(given, parameter);
    if (read === undefined)
      return problem(`"${given}" for ${key} in ${name}: expected ${expectation[parameter.kind]}`);
    values[key] = read;
  }
  if (values.by === 0) return problem(`"0" for by in ${name}: expected more than 0, or the shape constant`);
  const seconds = Math.min(longestSeconds, shape.seconds(values));
  const load = shape.load(values);
  return {
    kind: 'shape',
    trace: { name: text, seconds, isEndless: true, startMillis: null, loads: { '': load } },
  };
};

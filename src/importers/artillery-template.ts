import type { DocumentPath } from '../document/document-source.ts';
import { formatTemplate, isVariableName, parseTemplate, type TemplatePart } from '../plan/template.ts';
import type { ArtilleryScript } from './artillery-script.ts';
import { mapTexts } from './literal.ts';

/** The variables that a scenario knows at some place; grows with its captures. */
export interface ArtilleryScope {
  readonly names: Set<string>;
  /** True when a data file without named fields may supply any name. */
  readonly mayKnowMore: boolean;
}

type Reader = Pick<ArtilleryScript, 'variables' | 'choices' | 'leave'>;

const generator = (name: string, ...args: readonly string[]): readonly TemplatePart[] => [
  { kind: 'generator', name, args },
];

const call = /^\$(\w+)\s*(?:\(\s*(.*?)\s*\))?$/;
const environment = /^\$(?:processEnvironment|env|environment)\.([A-Za-z_]\w*)$/;
const unquoted = (text: string): string => text.trim().replace(/^(['"`])(.*)\1$/s, '$2');

const wholeNumbers = (args: readonly string[]): boolean => args.every((arg) => /^-?\d{1,15}$/.test(arg));

/** The generator that gives what a function of Artillery gives; undefined when there is none. */
const generatorFor = (expression: string): readonly TemplatePart[] | undefined => {
  const [, name = '', inside = ''] = call.exec(expression) ?? [];
  const args = inside === '' ? [] : inside.split(',').map(unquoted);
  const [first = '', second = ''] = args;
  switch (name) {
    case 'uuid':
    case 'guid':
      return generator('uuid');
    case 'timestamp':
    case 'now':
      return generator('now');
    case 'isoTimestamp':
      return generator('isoTime');
    case 'randomNumber':
    case 'randomInt': {
      const isRange = args.length === 2 && wholeNumbers(args) && Number(first) <= Number(second);
      return isRange ? generator('randomInt', first, second) : undefined;
    }
    case 'randomString': {
      // Without a length Artillery takes ten characters.
      const length = first === '' ? '10' : first;
      const isLength = /^\d+$/.test(length) && Number(length) >= 1 && Number(length) <= 10_000;
      return isLength ? generator('randomString', length) : undefined;
    }
    default:
      return undefined;
  }
};

/** A number where it is one, because `for` and `rate` want one. */
const asValue = (text: string): string | number =>
  /^\d+(\.\d+)?$/.test(text) ? Number(text) : text.replaceAll('{{', '');

const variable = (name: string): readonly TemplatePart[] => [{ kind: 'variable', name }];

/** A variable that nothing carried over sets, with a value that stands in for it. */
const standIn = (
  { variables, leave }: Reader,
  expression: string,
  value: string,
  path: DocumentPath,
): readonly TemplatePart[] => {
  const [, env] = environment.exec(expression) ?? [];
  const cleaned = (env ?? expression).replace(/[^\w.-]+/g, '_').replace(/^[^A-Za-z_]+|_+$/g, '');
  const name = isVariableName(cleaned) ? cleaned : 'unknown';
  const known = variables.has(name);
  if (!known) variables.set(name, asValue(value));
  const where = env === undefined ? '' : ', of the environment';
  if (!known || env === undefined)
    leave(`{{ ${expression} }}${where}: {{${name}}} stands in for it (--set ${name}=…)`, path);
  return variable(name);
};

const readExpression = (
  written: string,
  path: DocumentPath,
  scope: ArtilleryScope,
  reader: Reader,
  fallback: string,
): readonly TemplatePart[] => {
  const [expression = '', ...defaults] = written.split('||').map((part) => part.trim());
  const generated = generatorFor(expression);
  if (generated !== undefined) return generated;
  const choice = reader.choices.get(expression);
  if (choice !== undefined && !scope.names.has(expression)) return parseTemplate(choice);
  const isName = isVariableName(expression);
  if (isName && (scope.names.has(expression) || reader.variables.has(expression)))
    return variable(expression);
  if (isName && scope.mayKnowMore) return variable(expression);
  return standIn(reader, expression, defaults[0] === undefined ? fallback : unquoted(defaults[0]), path);
};

/** A text of the script as a template of a plan. `fallback` is the value of what nobody sets, by the text before it. */
export const carryText = (
  text: string,
  path: DocumentPath,
  scope: ArtilleryScope,
  reader: Reader,
  fallback: (before: string) => string = () => '',
): string => {
  const parts: TemplatePart[] = [];
  let at = 0;
  for (const match of text.matchAll(/\{\{\{?\s*([^{}]*?)\s*\}?\}\}/g)) {
    const before = text.slice(at, match.index);
    if (before !== '') parts.push({ kind: 'text', text: before });
    parts.push(...readExpression(match[1] ?? '', path, scope, reader, fallback(text.slice(0, match.index))));
    at = match.index + match[0].length;
  }
  const after = text.slice(at);
  if (after !== '') parts.push({ kind: 'text', text: after });
  return formatTemplate(parts);
};

/** A JSON value with its texts as templates. */
export const carryValue = (
  value: unknown,
  path: DocumentPath,
  scope: ArtilleryScope,
  reader: Reader,
): unknown => mapTexts(value ?? null, (text) => carryText(text, path, scope, reader));

export const emptyScope = (): ArtilleryScope => ({ names: new Set(), mayKnowMore: false });

import type { DocumentPath } from '../document/document-source.ts';
import { isMapping, type Report } from '../document/findings.ts';
import { oneOf } from '../document/nearest-name.ts';
import type { VariableValue } from './plan.ts';
import { parseTemplate, type TemplatePart, TemplateProblem } from './template.ts';

/** The variables that may be named at some place of the plan. */
export interface Scope {
  readonly names: Set<string>;
  /** False when part of the plan couldn't be read, so that a name missing here may still be right. */
  complete: boolean;
}

/** The parts of a template; reports bad syntax and unknown names, and gives undefined only for bad syntax. */
export const readTemplate = (
  text: string,
  path: DocumentPath,
  scope: Scope,
  report: Report,
): readonly TemplatePart[] | undefined => {
  try {
    const parts = parseTemplate(text);
    for (const part of parts) {
      if (part.kind !== 'variable' || scope.names.has(part.name) || !scope.complete) continue;
      const known = oneOf(part.name, scope.names);
      report({
        path,
        about: part.name,
        expected: `a variable that is known here, not {{${part.name}}}: ${known}`,
      });
    }
    return parts;
  } catch (error) {
    if (!(error instanceof TemplateProblem)) throw error;
    report({
      path,
      expected: `a template that can be read: at character ${error.offset + 1}, ${error.message}`,
    });
    return undefined;
  }
};

const asTyped = (given: string, before: VariableValue): VariableValue => {
  if (typeof before === 'number' && given.trim() !== '' && Number.isFinite(Number(given)))
    return Number(given);
  if (typeof before === 'boolean' && (given === 'true' || given === 'false')) return given === 'true';
  return given;
};

/**
 * The plan's variables as overridden by `--set`. An override keeps the type of the value it replaces when it can.
 * Entries that aren't plain values are left to the schema to report.
 */
export const planVariables = (
  written: unknown,
  set: Readonly<Record<string, string>>,
  report: Report,
): Readonly<Record<string, VariableValue>> => {
  const variables = new Map<string, VariableValue>();
  for (const [name, value] of Object.entries(isMapping(written) ? written : {})) {
    variables.set(name, typeof value === 'number' || typeof value === 'boolean' ? value : String(value));
  }
  for (const [name, given] of Object.entries(set)) {
    const option = { name: '--set', given: `${name}=${given}` };
    const before = variables.get(name);
    if (before === undefined)
      report({ path: [], expected: `a variable of the plan: ${oneOf(name, variables.keys())}`, option });
    else if (given.includes('{{')) report({ path: [], expected: 'a plain value, without {{', option });
    else variables.set(name, asTyped(given, before));
  }
  return Object.fromEntries(variables);
};

const fill = (
  value: unknown,
  path: DocumentPath,
  variables: Readonly<Record<string, VariableValue>>,
  report: Report,
): unknown => {
  if (Array.isArray(value))
    return value.map((item, index) => fill(item, [...path, index], variables, report));
  if (isMapping(value)) {
    const entries = Object.entries(value);
    return Object.fromEntries(
      entries.map(([key, item]) => [key, fill(item, [...path, key], variables, report)]),
    );
  }
  if (typeof value !== 'string' || !value.includes('{{')) return value;
  const parts = readTemplate(value, path, { names: new Set(Object.keys(variables)), complete: true }, report);
  const texts: string[] = [];
  for (const part of parts ?? []) {
    if (part.kind === 'generator') {
      report({ path, expected: 'a value that is known when the plan is read, so no generator' });
      return value;
    }
    const text = part.kind === 'text' ? part.text : variables[part.name];
    if (text === undefined) return value;
    texts.push(String(text));
  }
  return texts.join('');
};

/** The document with variables put into `target` and `load`, which the schema then sees as if written so. */
export const fillVariables = (
  data: Readonly<Record<string, unknown>>,
  variables: Readonly<Record<string, VariableValue>>,
  report: Report,
): Readonly<Record<string, unknown>> => ({
  ...data,
  ...(Object.hasOwn(data, 'target') ? { target: fill(data.target, ['target'], variables, report) } : {}),
  ...(Object.hasOwn(data, 'load') ? { load: fill(data.load, ['load'], variables, report) } : {}),
});

import type { ArrivalScope } from './arrival-scope.ts';
import { compileText, constantText, renderText } from './compile-text.ts';

/** A JSON value whose strings, at any depth, may be templates. A string stays a string: `"{{n}}"` is never a number. */
export type CompiledJson = (scope: ArrivalScope) => unknown;

export const compileJsonTemplate = (value: unknown, constants: ReadonlyMap<string, string>): CompiledJson => {
  if (typeof value === 'string') {
    const text = compileText(value, constants);
    const constant = constantText(text);
    return constant === undefined ? (scope) => renderText(text, scope) : () => constant;
  }
  if (Array.isArray(value)) {
    const items = value.map((each) => compileJsonTemplate(each, constants));
    return (scope) => items.map((item) => item(scope));
  }
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(
      ([key, each]) => [key, compileJsonTemplate(each, constants)] as const,
    );
    return (scope) => Object.fromEntries(fields.map(([key, each]) => [key, each(scope)]));
  }
  return () => value;
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Equal as JSON: the order of keys doesn't matter. */
export const equalJson = (one: unknown, other: unknown): boolean => {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((each, index) => equalJson(each, other[index]));
  }
  if (!isObject(one) || !isObject(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && equalJson(one[key], other[key]))
  );
};

/** What intrinsic functions are resolved against. */
export interface TemplateContext {
  /** Parameters and pseudo parameters (`AWS::Region`), by name. */
  readonly parameters: Readonly<Record<string, string | readonly string[]>>;
  /** What `Ref` of a resource gives, by logical id. */
  readonly references: Readonly<Record<string, string>>;
  /** What `Fn::GetAtt` gives, by `LogicalId.Attribute`. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly conditions: Readonly<Record<string, unknown>>;
}

/** Marks what `AWS::NoValue` removes. */
const noValue = Symbol('AWS::NoValue');

/**
 * A value of a CloudFormation template with its intrinsic functions carried out. Throws, naming the place, when
 * something in it is unknown: a rehearsal on guessed values would show nothing.
 */
export const resolveTemplate = (value: unknown, context: TemplateContext, place = 'template'): unknown => {
  const resolved = resolve(value, context, place);
  if (resolved === noValue) throw new Error(`${place}: AWS::NoValue has nothing to be removed from`);
  return resolved;
};

/** Whether a condition of the template holds. */
export const conditionHolds = (name: string, context: TemplateContext): boolean => {
  if (!(name in context.conditions)) throw new Error(`no condition ${name} in the template`);
  return holds(context.conditions[name], context, `condition ${name}`);
};

const resolve = (value: unknown, context: TemplateContext, place: string): unknown => {
  if (Array.isArray(value))
    return value
      .map((item, index) => resolve(item, context, `${place}[${index}]`))
      .filter((item) => item !== noValue);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [name, argument] = entries[0] ?? [];
  if (entries.length === 1 && name !== undefined && (name === 'Ref' || name.startsWith('Fn::')))
    return callIntrinsic(name, argument, context, `${place}.${name}`);
  return Object.fromEntries(
    entries
      .map(([key, item]) => [key, resolve(item, context, `${place}.${key}`)] as const)
      .filter(([, item]) => item !== noValue),
  );
};

const callIntrinsic = (name: string, argument: unknown, context: TemplateContext, place: string): unknown => {
  switch (name) {
    case 'Ref':
      return reference(String(argument), context, place);
    case 'Fn::GetAtt':
      return attribute(Array.isArray(argument) ? argument.join('.') : String(argument), context, place);
    case 'Fn::Sub':
      return substitute(argument, context, place);
    case 'Fn::Join': {
      const [separator, parts] = argument as [string, unknown];
      return strings(resolve(parts, context, place), place).join(separator);
    }
    case 'Fn::Select': {
      const [index, list] = argument as [number | string, unknown];
      const selected = (resolve(list, context, place) as unknown[])[Number(index)];
      if (selected === undefined) throw new Error(`${place}: nothing at index ${index}`);
      return selected;
    }
    case 'Fn::Split': {
      const [separator, text] = argument as [string, unknown];
      return String(resolve(text, context, place)).split(separator);
    }
    case 'Fn::If': {
      const [condition, then, otherwise] = argument as [string, unknown, unknown];
      return resolve(conditionHolds(condition, context) ? then : otherwise, context, place);
    }
    default:
      throw new Error(`${place}: ${name} is not known to the rehearsal; teach it resolve-template.ts`);
  }
};

const reference = (name: string, context: TemplateContext, place: string): unknown => {
  if (name === 'AWS::NoValue') return noValue;
  const value = context.parameters[name] ?? context.references[name];
  if (value === undefined) throw new Error(`${place}: no parameter or resource id is given for ${name}`);
  return value;
};

const attribute = (name: string, context: TemplateContext, place: string): string => {
  const value = context.attributes[name];
  if (value === undefined) throw new Error(`${place}: no attribute is given for ${name}`);
  return value;
};

const substitute = (argument: unknown, context: TemplateContext, place: string): string => {
  const [text, given] = (Array.isArray(argument) ? argument : [argument, {}]) as [
    string,
    Record<string, unknown>,
  ];
  return text.replace(/\$\{(!?)([^}]+)\}/g, (whole, literal: string, name: string) => {
    if (literal === '!') return whole.replace('!', '');
    if (name in given) return String(resolve(given[name], context, place));
    if (name.includes('.') && !name.startsWith('AWS::')) return attribute(name, context, place);
    return String(reference(name, context, place));
  });
};

const holds = (condition: unknown, context: TemplateContext, place: string): boolean => {
  const [name, argument] = Object.entries(condition as object)[0] ?? [];
  const all = () => (argument as unknown[]).map((part) => holds(part, context, place));
  switch (name) {
    case 'Condition':
      return conditionHolds(String(argument), context);
    case 'Fn::Equals': {
      const [left, right] = (argument as unknown[]).map((side) => resolve(side, context, place));
      return String(left) === String(right);
    }
    case 'Fn::Not':
      return !all()[0];
    case 'Fn::And':
      return all().every(Boolean);
    case 'Fn::Or':
      return all().some(Boolean);
    default:
      throw new Error(`${place}: ${name} is not known to the rehearsal; teach it resolve-template.ts`);
  }
};

const strings = (value: unknown, place: string): readonly string[] => {
  if (!Array.isArray(value)) throw new Error(`${place}: expected a list`);
  return value.map(String);
};

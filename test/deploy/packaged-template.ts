import { readFileSync } from 'node:fs';

/** A CloudFormation template, as far as the checks look into it. */
export interface Template {
  readonly Parameters: Record<string, TemplateParameter>;
  readonly Resources: Record<string, TemplateResource>;
  readonly Outputs: Record<string, unknown>;
}

export interface TemplateParameter {
  readonly Type: string;
  readonly Default?: string | number;
  readonly Description?: string;
  readonly AllowedValues?: readonly (string | number)[];
}

export interface TemplateResource {
  readonly Type: string;
  Condition?: string;
  Properties: Record<string, unknown>;
}

const file = '.serverless/cloudformation-template-update-stack.json';

/** A copy of its own, to be changed at will. Packaged by `npm run package:service`. */
export const packagedTemplate = (): Template => JSON.parse(readFileSync(file, 'utf8'));

export const resourcesOf = (
  template: Template,
  type: string,
): readonly (readonly [string, TemplateResource['Properties']])[] =>
  Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([name, resource]) => [name, resource.Properties]);

/** What lies at a path of property names; undefined where there is nothing. */
export const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], value);

/** The logical id behind `Ref` or `Fn::GetAtt`. */
export const referred = (value: unknown): string | undefined => {
  const attribute = at(value, 'Fn::GetAtt');
  return (at(value, 'Ref') ?? (Array.isArray(attribute) ? attribute[0] : undefined)) as string | undefined;
};

/** With what `Fn::If` may put in a list: what a condition adds has to keep the rules as well. */
export const unfolded = <T>(items: readonly unknown[]): readonly T[] =>
  items.flatMap((item) => {
    const branches = at(item, 'Fn::If');
    return Array.isArray(branches)
      ? unfolded<T>(branches.slice(1).filter((branch) => at(branch, 'Ref') !== 'AWS::NoValue'))
      : [item as T];
  });

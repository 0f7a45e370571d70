import { at, type Template } from './packaged-template.ts';

/** Parameters without which some functions have nothing to do. */
const given: Readonly<Record<string, string>> = { DrainClusters: 'web', ScalingClusters: 'web' };

/** What a template's value would be: a parameter's default, of a condition the first branch, anything else made up. */
export const told = (template: Template, value: unknown): string => {
  if (typeof value !== 'object' || value === null) return String(value);
  const branches = at(value, 'Fn::If');
  if (Array.isArray(branches)) return told(template, branches[1]);
  const name = String(at(value, 'Ref'));
  const parameter = template.Parameters[name];
  return parameter === undefined ? 'made-up' : (given[name] ?? String(parameter.Default));
};

/** The environment of a deployed function: the template's part, and what Lambda adds. */
export const environmentOf = (template: Template, name: string): Record<string, string> => {
  const variables = at(template.Resources, name, 'Properties', 'Environment', 'Variables');
  return {
    ...Object.fromEntries(
      Object.entries(variables as Record<string, unknown>).map(([key, value]) => [
        key,
        told(template, value),
      ]),
    ),
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIDTEST',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'token',
  };
};

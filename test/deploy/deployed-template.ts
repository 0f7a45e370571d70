import { nameResources, type TemplateResource } from '../rehearsal/physical-ids.ts';
import { conditionHolds, resolveTemplate, type TemplateContext } from '../rehearsal/resolve-template.ts';
import { at, packagedTemplate } from './packaged-template.ts';

const template = packagedTemplate();
const conditions = at(template, 'Conditions') as Readonly<Record<string, unknown>>;
export const resources = template.Resources as Readonly<Record<string, TemplateResource>>;

/** The template as CloudFormation would see it with these parameters. */
export const deployedWith = (given: Readonly<Record<string, string>>) => {
  const scope = {
    account: '111122223333',
    region: 'eu-central-1',
    serviceUrl: 'https://sqs.example.com',
    apiUrl: 'https://api.example.com',
  };
  const defaults = Object.entries(template.Parameters).map(([name, { Default = '' }]) => [
    name,
    String(Default),
  ]);
  const context: TemplateContext = {
    parameters: {
      ...Object.fromEntries(defaults),
      'AWS::Partition': 'aws',
      'AWS::Region': scope.region,
      'AWS::AccountId': scope.account,
      'AWS::StackName': 'stormdrain-dev',
      ...given,
    },
    conditions,
    references: {},
    attributes: {},
  };
  const named = { ...context, ...nameResources(resources, context, scope) };
  return {
    holds: (condition: string) => conditionHolds(condition, named),
    /** What lies at a path of a resource's properties. */
    of: (resource: string, ...path: readonly string[]): unknown => {
      const value = at(resources[resource]?.Properties, ...path);
      return value === undefined ? undefined : at(resolveTemplate({ value }, named, resource), 'value');
    },
  };
};

export type Deployed = ReturnType<typeof deployedWith>;

export const statementsOf = (deployed: Deployed, role: string): readonly unknown[] =>
  at(
    (deployed.of(role, 'Policies') as readonly unknown[])[0],
    'PolicyDocument',
    'Statement',
  ) as readonly unknown[];

export const clustersOf = (deployed: Deployed, role: string): readonly unknown[] =>
  statementsOf(deployed, role)
    .map((statement) => at(statement, 'Condition', 'ArnLike', 'ecs:cluster'))
    .filter((value) => value !== undefined);

/** As IAM compares ARNs: part by part, `*` for any text in a part. */
export const isArnLike = (pattern: string, arn: string): boolean => {
  const parts = pattern.split(':');
  const texts = arn.split(':');
  return parts.every((part, index) => new RegExp(`^${part.split('*').join('.*')}$`).test(texts[index] ?? ''));
};

/** The reader of a queue, by its function. */
export const mappingOf = (name: string): string =>
  Object.keys(resources).find((key) => key.startsWith(`${name}EventSourceMapping`)) ?? '';

import { at, resourcesOf, type Template } from './packaged-template.ts';
import { neededConditions, unscopedCalls } from './unscoped-calls.ts';

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const listOf = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

const boundary = JSON.stringify({
  'Fn::If': ['HasPermissionsBoundary', { Ref: 'PermissionsBoundary' }, { Ref: 'AWS::NoValue' }],
});

/** What is wrong with roles and with who may use what, in words. */
export const checkPolicies = (template: Template): readonly string[] => [
  ...resourcesOf(template, 'AWS::IAM::Role').flatMap(([name, role]) => [
    ...statementsOf(role).flatMap((statement) => checkStatement(name, statement)),
    ...(listOf((role.ManagedPolicyArns ?? []) as readonly unknown[]).length > 0
      ? [`${name} has policies that are not in this template`]
      : []),
    ...(JSON.stringify(role.PermissionsBoundary) === boundary ? [] : [`${name} has no permissions boundary`]),
  ]),
  ...['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'].flatMap((type) =>
    resourcesOf(template, type).flatMap(([name, policy]) =>
      (at(policy, 'PolicyDocument', 'Statement') as readonly Statement[])
        .filter(({ Effect, Principal }) => Effect === 'Allow' && /"\*"/.test(JSON.stringify(Principal)))
        .map(() => `${name} lets everybody in`),
    ),
  ),
];

const statementsOf = (role: Record<string, unknown>): readonly Statement[] =>
  (role.Policies as readonly unknown[]).flatMap(
    (policy) => at(policy, 'PolicyDocument', 'Statement') as readonly Statement[],
  );

const checkStatement = (
  role: string,
  { Effect, Action, Resource, Condition }: Statement,
): readonly string[] => {
  if (Effect !== 'Allow') return [];
  const conditions = Object.values(Condition ?? {}).flatMap((tests) => Object.keys(tests));
  return listOf(Action).flatMap((action) => [
    ...(action.includes('*') ? [`${role} may do ${action}`] : []),
    ...(listOf(Resource).includes('*') && unscopedCalls[action] === undefined
      ? [`${role} may do ${action} to everything`]
      : []),
    ...(neededConditions[action] === undefined || conditions.includes(neededConditions[action])
      ? []
      : [`${role} may do ${action} without the condition ${neededConditions[action]}`]),
    ...(action === 'iam:PassRole' && !conditions.includes('iam:PassedToService')
      ? [`${role} may pass a role to any service`]
      : []),
    ...(/^ecs:(Run|Stop|Describe)Tasks?$/.test(action) && !conditions.includes('ecs:cluster')
      ? [`${role} may do ${action} in any cluster`]
      : []),
  ]);
};

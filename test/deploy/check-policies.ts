import { at, resourcesOf, type Template, unfolded } from './packaged-template.ts';
import { neededConditions, unscopedCalls } from './unscoped-calls.ts';

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly Resource?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export const listOf = <T>(value: T | readonly T[]): readonly T[] =>
  Array.isArray(value) ? value : [value as T];

const boundary = JSON.stringify({
  'Fn::If': ['HasPermissionsBoundary', { Ref: 'PermissionsBoundary' }, { Ref: 'AWS::NoValue' }],
});

/** What is wrong with roles and with what they may do, in words. */
export const checkPolicies = (template: Template): readonly string[] => [
  ...resourcesOf(template, 'AWS::IAM::Role').flatMap(([name, role]) => [
    ...statementsOf(role).flatMap((statement) => checkStatement(name, statement)),
    ...checkLauncher(name, statementsOf(role)),
    ...checkDrainer(name, statementsOf(role)),
    ...checkScaler(name, statementsOf(role)),
    ...checkBuckets(name, statementsOf(role)),
    ...(listOf((role.ManagedPolicyArns ?? []) as readonly unknown[]).length > 0
      ? [`${name} has policies that are not in this template`]
      : []),
    ...(JSON.stringify(role.PermissionsBoundary) === boundary ? [] : [`${name} has no permissions boundary`]),
  ]),
  ...['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy', 'AWS::IAM::UserPolicy'].flatMap(
    (type) => resourcesOf(template, type).map(([name]) => `${name} is a policy outside of its role`),
  ),
  ...checkWorkerWrites(template),
];

/** A plan's hooks run with the worker's role: what they write must not be able to change what a run is or was. */
const checkWorkerWrites = (template: Template): readonly string[] =>
  resourcesOf(template, 'AWS::IAM::Role')
    .filter(([name]) => name === 'WorkerTaskRole')
    .flatMap(([, role]) => statementsOf(role))
    .filter(({ Action }) => listOf(Action).some((action) => !/^s3:(Get|List)/.test(String(action))))
    .flatMap(({ Resource }) => listOf(Resource))
    .filter((resource) => !workersOwn.test(JSON.stringify(resource)))
    .map((resource) => `WorkerTaskRole may change ${JSON.stringify(resource)}`);

/** What its worker measured, and its worker's logs: of no other family. */
const workersOwn = /\/(runs\/\*\/(workers|segments|rows)|logs\/\$\{AWS::StackName\}-worker)\/\*"/;

const statementsOf = (role: Record<string, unknown>): readonly Statement[] =>
  (role.Policies as readonly unknown[]).flatMap((policy) =>
    unfolded<Statement>(at(policy, 'PolicyDocument', 'Statement') as readonly unknown[]),
  );

const checkStatement = (
  role: string,
  { Effect, Action, Resource, Condition }: Statement,
): readonly string[] => {
  if (Effect !== 'Allow') return [];
  if (Action === undefined || Resource === undefined) return [`${role} may do all but what it names`];
  const conditions = Object.values(Condition ?? {}).flatMap((tests) => Object.keys(tests));
  return listOf(Action).flatMap((action) => [
    ...(action.includes('*') ? [`${role} may do ${action}`] : []),
    ...(listOf(Resource).some(isEverything) && unscopedCalls[action] === undefined
      ? [`${role} may do ${action} to everything`]
      : []),
    ...(neededConditions[action] === undefined || conditions.includes(neededConditions[action])
      ? []
      : [`${role} may do ${action} without the condition ${neededConditions[action]}`]),
    ...(conditions.includes('ecs:cluster') &&
    !/"(WorkerCluster|DrainClusters|ScalingClusters)"/.test(JSON.stringify(Condition))
      ? [`${role} may do ${action} in clusters that nobody named`]
      : []),
  ]);
};

/** Launching ends tasks that were started twice, too. */
const checkLauncher = (role: string, statements: readonly Statement[]): readonly string[] => {
  const actions = statements.flatMap(({ Action }) => listOf(Action));
  if (!actions.includes('ecs:RunTask')) return [];
  return ['ecs:StopTask', 'ecs:DescribeTasks', 'ecs:TagResource', 'iam:PassRole']
    .filter((action) => !actions.includes(action))
    .map((action) => `${role} starts tasks and lacks ${action}`);
};

/** Whoever starts and stops tasks pays for it from what all share; who can't see that works with a part of its own. */
const checkBuckets = (role: string, statements: readonly Statement[]): readonly string[] =>
  statements.some(({ Action }) => listOf(Action).includes('ecs:StopTask')) &&
  !statements.some(({ Resource }) => JSON.stringify(Resource)?.includes('/state/buckets/*'))
    ? [`${role} stops tasks and shares no buckets`]
    : [];

const drainers =
  /^(DrainStep|BeginDrain|LookAtDrain|FinishDrain|AbandonDrain|RegisterTargets|ReconcileBalancers|DrainApi)Iam/;

/** What changes others' clusters, balancers and groups is for those that drain; whoever scales makes instances serve again. */
const checkDrainer = (role: string, statements: readonly Statement[]): readonly string[] =>
  drainers.test(role)
    ? []
    : statements
        .flatMap(({ Action }) => listOf(Action))
        .filter(
          (action) =>
            changing.test(String(action)) && !(scalers.test(role) && takesBack.test(String(action))),
        )
        .map((action) => `${role} drains nothing and may do ${action}`);

const takesBack = /^ecs:UpdateContainerInstancesState$/;
const changing = /^(ecs:UpdateContainer|elasticloadbalancing:(R|Der)egister|autoscaling:(Complete|Record))/;

const scalers = /^(ScalingTick|FastTick|CapacityWanted)Iam/;

/** What changes how much there is of anything is for those that scale, and instances are ended by the tag of their fleet. */
const checkScaler = (role: string, statements: readonly Statement[]): readonly string[] =>
  statements.flatMap(({ Action, Condition }) =>
    listOf(Action).flatMap((action) => [
      ...(resizing.test(String(action)) && !scalers.test(role)
        ? [`${role} scales nothing and may do ${action}`]
        : []),
      ...(action === 'ec2:TerminateInstances' && !fleetTag.test(JSON.stringify(Condition ?? {}))
        ? [`${role} may end instances of no fleet`]
        : []),
    ]),
  );

const resizing = /^(ecs:UpdateService|autoscaling:(Set|Terminate)|ec2:(Modify|Terminate))/;
const fleetTag =
  /^\{"StringEquals":\{"aws:ResourceTag\/aws:(ec2:fleet-id":.*"ScalingFleets"|ec2spot:fleet-request-id":.*"ScalingSpotFleets")/;

/** `*`, and an ARN that ends its service's part with it: `arn:…:s3:::*`. */
const isEverything = (resource: unknown): boolean =>
  typeof resource === 'string' && /^(\*|arn:.*:\*)$/.test(resource);

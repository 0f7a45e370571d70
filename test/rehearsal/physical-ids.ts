import { resolveTemplate, type TemplateContext } from './resolve-template.ts';

export interface TemplateResource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface PhysicalIds {
  readonly references: Record<string, string>;
  readonly attributes: Record<string, string>;
}

interface Scope {
  readonly account: string;
  readonly region: string;
  /** Of the AWS server, which is where queues are. */
  readonly serviceUrl: string;
  readonly apiUrl: string;
}

/** `Ref` and attributes of one resource, as CloudFormation gives them, from its name. */
type Identify = (
  name: string,
  scope: Scope,
) => { readonly ref: string; readonly attributes?: Record<string, string> };

const arn = (service: string, { region, account }: Scope, resource: string): string =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

const named =
  (service: string, kind: string): Identify =>
  (name, scope) => ({
    ref: name,
    attributes: { Arn: arn(service, scope, `${kind}${name}`) },
  });

/** What names a resource in its properties, and its ids. A type that isn't here has only a made-up `Ref`. */
const identities: Readonly<Record<string, { readonly nameProperty: string; readonly identify: Identify }>> = {
  'AWS::S3::Bucket': {
    nameProperty: 'BucketName',
    identify: (name) => ({ ref: name, attributes: { Arn: `arn:aws:s3:::${name}` } }),
  },
  'AWS::Lambda::Function': { nameProperty: 'FunctionName', identify: named('lambda', 'function:') },
  'AWS::IAM::Role': {
    nameProperty: 'RoleName',
    identify: (name, { account }) => ({
      ref: name,
      attributes: { Arn: `arn:aws:iam::${account}:role/${name}` },
    }),
  },
  'AWS::ECS::Cluster': { nameProperty: 'ClusterName', identify: named('ecs', 'cluster/') },
  'AWS::ECS::TaskDefinition': {
    nameProperty: 'Family',
    identify: (name, scope) => ({ ref: arn('ecs', scope, `task-definition/${name}:1`) }),
  },
  'AWS::ECR::Repository': {
    nameProperty: 'RepositoryName',
    identify: (name, scope) => ({
      ref: name,
      attributes: {
        Arn: arn('ecr', scope, `repository/${name}`),
        RepositoryUri: `${scope.account}.dkr.ecr.${scope.region}.amazonaws.com/${name}`,
      },
    }),
  },
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    identify: (name, scope) => ({
      ref: `${scope.serviceUrl}/${scope.account}/${name}`,
      attributes: { Arn: arn('sqs', scope, name), QueueName: name },
    }),
  },
  'AWS::StepFunctions::StateMachine': {
    nameProperty: 'StateMachineName',
    identify: (name, scope) => ({
      ref: arn('states', scope, `stateMachine:${name}`),
      attributes: { Name: name },
    }),
  },
  'AWS::Events::Rule': { nameProperty: 'Name', identify: named('events', 'rule/') },
  'AWS::Scheduler::ScheduleGroup': { nameProperty: 'Name', identify: named('scheduler', 'schedule-group/') },
  'AWS::Logs::LogGroup': { nameProperty: 'LogGroupName', identify: named('logs', 'log-group:') },
  'AWS::ApiGatewayV2::Api': {
    nameProperty: '',
    identify: (name, scope) => ({ ref: name, attributes: { ApiEndpoint: scope.apiUrl } }),
  },
};

/** Ids for every resource of the template that its conditions ask for. Subnets and the like are made by moto, and given. */
export const nameResources = (
  resources: Readonly<Record<string, TemplateResource>>,
  context: TemplateContext,
  scope: Scope,
): PhysicalIds => {
  const ids: PhysicalIds = { references: { ...context.references }, attributes: { ...context.attributes } };
  for (const [logicalId, { Type, Properties = {} }] of Object.entries(resources)) {
    if (logicalId in ids.references) continue;
    const { nameProperty = '', identify = (name: string) => ({ ref: name }) } = identities[Type] ?? {};
    const given = Properties[nameProperty];
    const name =
      given === undefined
        ? `rehearsal-${logicalId.toLowerCase()}`
        : resolveTemplate(given, context, logicalId);
    const identity: ReturnType<Identify> = identify(String(name), scope);
    ids.references[logicalId] = identity.ref;
    for (const [attribute, value] of Object.entries(identity.attributes ?? {}))
      ids.attributes[`${logicalId}.${attribute}`] = value;
  }
  return ids;
};

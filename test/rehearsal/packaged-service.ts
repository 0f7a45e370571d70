import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import type { EventRule, QueueMapping } from './event-delivery.ts';
import type { ExecutionHostOptions } from './execution-host.ts';
import type { HostedFunction } from './function-host.ts';
import type { GatewayRoute } from './gateway-event.ts';
import { nameResources, type TemplateResource } from './physical-ids.ts';
import { conditionHolds, resolveTemplate, type TemplateContext } from './resolve-template.ts';

export interface PackagedServiceOptions {
  /** Where `serverless package` left the template and the zips. */
  readonly packageFolder: string;
  /** Outside the repository, so that a bundle finds nothing but what is in it. */
  readonly unpackFolder: string;
  readonly stackName: string;
  readonly account: string;
  readonly region: string;
  readonly serviceUrl: string;
  readonly apiUrl: string;
  /** Beside the template's defaults. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Ids of resources that moto has made up already, by logical id and by `LogicalId.Attribute`. */
  readonly made: { readonly references: Record<string, string>; readonly attributes: Record<string, string> };
}

export interface PackagedService {
  readonly functions: readonly HostedFunction[];
  readonly functionsByArn: ReadonlyMap<string, string>;
  readonly routes: readonly GatewayRoute[];
  readonly rules: readonly EventRule[];
  readonly mappings: readonly QueueMapping[];
  readonly stateMachineArn: string;
  readonly definition: ExecutionHostOptions['definition'];
  readonly outputs: Readonly<Record<string, string>>;
  /** Properties of the resources of a type, resolved, with what `Ref` gives. */
  resources(
    type: string,
  ): readonly { readonly ref: string; readonly properties: Readonly<Record<string, unknown>> }[];
}

interface Template {
  readonly Parameters: Readonly<Record<string, { readonly Default?: string | number }>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs: Readonly<Record<string, { readonly Condition?: string; readonly Value: unknown }>>;
}

/** What `serverless package` made, read as CloudFormation would: functions unpacked, everything resolved. */
export const readPackagedService = async (options: PackagedServiceOptions): Promise<PackagedService> => {
  const template = await readTemplate(options.packageFolder);
  const given: TemplateContext = {
    parameters: { ...defaultsOf(template), ...pseudoParameters(options), ...options.parameters },
    conditions: template.Conditions,
    ...options.made,
  };
  const wanted = Object.fromEntries(
    Object.entries(template.Resources).filter(
      ([, { Condition }]) => Condition === undefined || conditionHolds(Condition, given),
    ),
  );
  const context: TemplateContext = { ...given, ...nameResources(wanted, given, options) };

  const resources = (type: string) =>
    Object.entries(wanted)
      .filter(([, { Type }]) => Type === type)
      .map(([logicalId, { Properties = {} }]) => ({
        logicalId,
        ref: context.references[logicalId] ?? '',
        properties: resolveTemplate(Properties, context, logicalId) as Record<string, unknown>,
      }));

  const functions = await Promise.all(
    resources('AWS::Lambda::Function').map(({ logicalId, properties }) =>
      unpackFunction(options, logicalId, properties),
    ),
  );
  const functionsByArn = new Map(
    functions.map(({ name }) => [context.attributes[`${name}LambdaFunction.Arn`] ?? '', name]),
  );
  const machine = only(
    resources('AWS::StepFunctions::StateMachine').filter(({ logicalId }) => logicalId === 'LoadTestRun'),
  );
  return {
    functions,
    functionsByArn,
    routes: routesOf(
      resources('AWS::ApiGatewayV2::Route'),
      resources('AWS::ApiGatewayV2::Integration'),
      functionsByArn,
    ),
    rules: resources('AWS::Events::Rule').flatMap(({ properties }) => rulesOf(properties)),
    mappings: resources('AWS::Lambda::EventSourceMapping')
      .filter(({ properties }) => properties.Enabled !== false)
      .map(({ properties }) => mappingOf(properties, resources('AWS::SQS::Queue'), functionsByArn)),
    stateMachineArn: machine.ref,
    definition: substituted(machine.properties),
    outputs: Object.fromEntries(
      Object.entries(template.Outputs)
        .filter(([, { Condition }]) => Condition === undefined || conditionHolds(Condition, context))
        .map(([name, { Value }]) => [name, String(resolveTemplate(Value, context, `output ${name}`))]),
    ),
    resources,
  };
};

const readTemplate = async (folder: string): Promise<Template> => {
  const file = join(folder, 'cloudformation-template-update-stack.json');
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Template;
  } catch (cause) {
    throw new Error(`${file} can't be read: run npm run package:service first`, { cause });
  }
};

const defaultsOf = (template: Template): Record<string, string> =>
  Object.fromEntries(
    Object.entries(template.Parameters).flatMap(([name, { Default }]) =>
      Default === undefined ? [] : [[name, String(Default)]],
    ),
  );

const pseudoParameters = ({
  region,
  account,
  stackName,
}: PackagedServiceOptions): Record<string, string> => ({
  'AWS::Region': region,
  'AWS::AccountId': account,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': stackName,
});

const unpackFunction = async (
  { packageFolder, unpackFolder }: PackagedServiceOptions,
  logicalId: string,
  properties: Readonly<Record<string, unknown>>,
): Promise<HostedFunction> => {
  const name = logicalId.replace(/LambdaFunction$/, '');
  const { S3Key } = properties.Code as { S3Key: string };
  const folder = join(unpackFolder, name);
  for (const [path, content] of Object.entries(
    unzipSync(await readFile(join(packageFolder, basename(S3Key)))),
  )) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  const [module, handler] = splitHandler(String(properties.Handler));
  const { Variables } = properties.Environment as { Variables: Record<string, string> };
  return {
    name,
    bundle: join(folder, `${module}.mjs`),
    handler,
    timeoutSeconds: Number(properties.Timeout),
    environment: Object.fromEntries(Object.entries(Variables).map(([key, value]) => [key, String(value)])),
  };
};

/** `functions/plan-run.handler`. */
const splitHandler = (handler: string): readonly [module: string, handler: string] => {
  const dot = handler.lastIndexOf('.');
  return [handler.slice(0, dot), handler.slice(dot + 1)];
};

interface Resource {
  readonly ref: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

const routesOf = (
  routes: readonly Resource[],
  integrations: readonly Resource[],
  functionsByArn: ReadonlyMap<string, string>,
): readonly GatewayRoute[] =>
  routes.map(({ properties }) => {
    const key = String(properties.RouteKey);
    if (properties.AuthorizationType !== 'AWS_IAM') throw new Error(`route ${key} is open to everybody`);
    const target = integrations.find(({ ref }) => properties.Target === `integrations/${ref}`);
    return { key, functionName: known(functionsByArn, target?.properties.IntegrationUri) };
  });

const rulesOf = (properties: Readonly<Record<string, unknown>>): readonly EventRule[] =>
  properties.EventPattern === undefined || properties.State === 'DISABLED'
    ? []
    : (properties.Targets as readonly { readonly Arn: string }[]).map(({ Arn }) => ({
        pattern: properties.EventPattern,
        targetArn: Arn,
      }));

const mappingOf = (
  properties: Readonly<Record<string, unknown>>,
  queues: readonly Resource[],
  functionsByArn: ReadonlyMap<string, string>,
): QueueMapping => {
  const queueArn = String(properties.EventSourceArn);
  const queue = queues.find(({ ref }) => queueArn.endsWith(`:${basename(ref)}`));
  if (queue === undefined) throw new Error(`no queue ${queueArn} in the template`);
  return {
    queueUrl: queue.ref,
    queueArn,
    functionName: known(functionsByArn, properties.FunctionName),
    batchSize: Number(properties.BatchSize),
  };
};

const known = (functionsByArn: ReadonlyMap<string, string>, functionArn: unknown): string => {
  const name = functionsByArn.get(String(functionArn));
  if (name === undefined) throw new Error(`no function ${functionArn} in the template`);
  return name;
};

const substituted = (properties: Readonly<Record<string, unknown>>): ExecutionHostOptions['definition'] => {
  const substitutions = properties.DefinitionSubstitutions as Record<string, string>;
  return JSON.parse(
    JSON.stringify(properties.Definition).replace(/\$\{(\w+)\}/g, (whole, name: string) => {
      const value = substitutions[name];
      if (value === undefined) throw new Error(`the state machine has nothing for ${whole}`);
      return value;
    }),
  );
};

const only = <T>(found: readonly T[]): T => {
  const [first] = found;
  if (first === undefined || found.length > 1)
    throw new Error(`expected one state machine, found ${found.length}`);
  return first;
};

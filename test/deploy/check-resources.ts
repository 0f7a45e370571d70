import { at, referred, resourcesOf, type Template, unfolded } from './packaged-template.ts';

/** What is wrong with buckets, queues, topics, functions and routes, in words. */
export const checkResources = (template: Template): readonly string[] => [
  ...checkBuckets(template),
  ...checkQueues(template),
  ...checkFunctions(template),
  ...checkContainers(template),
  ...checkWorkGroups(template),
  ...resourcesOf(template, 'AWS::SNS::Topic')
    .filter(([, topic]) => topic.KmsMasterKeyId === undefined)
    .map(([name]) => `${name} is not encrypted`),
  ...resourcesOf(template, 'AWS::ApiGatewayV2::Route')
    .filter(([, route]) => route.AuthorizationType !== 'AWS_IAM')
    .map(([, route]) => `${route.RouteKey} needs no signature`),
  ...resourcesOf(template, 'AWS::ApiGatewayV2::Route')
    .filter(([, { RouteKey }]) => RouteKey === '$default' || String(RouteKey).startsWith('ANY '))
    .map(([, route]) => `${route.RouteKey} takes more than the API's routes`),
  ...resourcesOf(template, 'AWS::Logs::LogGroup')
    .filter(([, group]) => group.RetentionInDays === undefined)
    .map(([name]) => `${name} keeps its logs for ever`),
  ...resourcesOf(template, 'AWS::EC2::SecurityGroup')
    .filter(([, group]) => group.SecurityGroupIngress !== undefined)
    .map(([name]) => `${name} lets something in`),
  ...resourcesOf(template, 'AWS::Events::Rule').flatMap(([name, rule]) =>
    (rule.Targets as readonly unknown[])
      .filter((target) => at(target, 'DeadLetterConfig', 'Arn') === undefined)
      .map(() => `${name} loses what it can't deliver`),
  ),
];

const privateAccess = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'];

const checkBuckets = (template: Template): readonly string[] =>
  resourcesOf(template, 'AWS::S3::Bucket').flatMap(([name, bucket]) => [
    ...(bucket.AccessControl === undefined ? [] : [`${name} has an access control list`]),
    ...(bucket.BucketEncryption === undefined ? [`${name} is not encrypted`] : []),
    ...privateAccess
      .filter((setting) => at(bucket, 'PublicAccessBlockConfiguration', setting) !== true)
      .map((setting) => `${name} may be made public: ${setting} is not set`),
  ]);

/** What a client asks for instead counts only where it isn't enforced. */
const checkWorkGroups = (template: Template): readonly string[] =>
  resourcesOf(template, 'AWS::Athena::WorkGroup').flatMap(([name, { WorkGroupConfiguration: group }]) => [
    ...(at(group, 'EnforceWorkGroupConfiguration') === true ? [] : [`${name} lets clients decide`]),
    ...(at(group, 'ResultConfiguration', 'EncryptionConfiguration') === undefined
      ? [`${name} leaves results unencrypted`]
      : []),
    ...(at(group, 'ResultConfiguration', 'ExpectedBucketOwner') === undefined
      ? [`${name} may leave results with somebody else`]
      : []),
  ]);

const checkContainers = (template: Template): readonly string[] =>
  resourcesOf(template, 'AWS::ECS::TaskDefinition').flatMap(([name, { ContainerDefinitions }]) =>
    unfolded<Record<string, unknown>>(ContainerDefinitions as readonly unknown[]).flatMap((container) => [
      ...(container.ReadonlyRootFilesystem === true ? [] : [`${name} can write to its own root`]),
      // The folder that a log router's buffer is mounted on belongs to root.
      ...(/^[1-9]/.test(String(container.User)) || container.FirelensConfiguration !== undefined
        ? []
        : [`${name} runs as root`]),
      ...(container.Privileged === undefined ? [] : [`${name} is privileged`]),
    ]),
  );

const checkQueues = (template: Template): readonly string[] => {
  const queues = resourcesOf(template, 'AWS::SQS::Queue');
  const deadLetters = new Set(
    queues.map(([, queue]) => referred(at(queue, 'RedrivePolicy', 'deadLetterTargetArn'))),
  );
  const alarmed = new Set(
    resourcesOf(template, 'AWS::CloudWatch::Alarm').flatMap(([, alarm]) =>
      ((alarm.Dimensions ?? []) as readonly unknown[]).map((dimension) => referred(at(dimension, 'Value'))),
    ),
  );
  const shortest = resourcesOf(template, 'AWS::Lambda::EventSourceMapping').flatMap(([name, mapping]) => {
    const visible = at(
      template.Resources,
      referred(mapping.EventSourceArn) ?? '',
      'Properties',
      'VisibilityTimeout',
    );
    const timeout = at(template.Resources, referred(mapping.FunctionName) ?? '', 'Properties', 'Timeout');
    return Number(visible) >= 6 * Number(timeout) + Number(mapping.MaximumBatchingWindowInSeconds)
      ? []
      : [`${name} shows messages again while they are worked on`];
  });
  return [
    ...shortest,
    ...queues.flatMap(([name, queue]) => [
      ...(queue.SqsManagedSseEnabled === true || queue.KmsMasterKeyId !== undefined
        ? []
        : [`${name} is not encrypted`]),
      ...(deadLetters.has(name) || queue.RedrivePolicy !== undefined
        ? []
        : [`${name} has no dead-letter queue`]),
      ...(Number(queue.MessageRetentionPeriod) >= 86_400 ? [] : [`${name} forgets within a day`]),
      ...(alarmed.has(name) ? [] : [`${name} has no alarm`]),
    ]),
  ];
};

const checkFunctions = (template: Template): readonly string[] => {
  const functions = resourcesOf(template, 'AWS::Lambda::Function');
  const logged = new Set(
    resourcesOf(template, 'AWS::Logs::LogGroup').map(([, { LogGroupName }]) => LogGroupName),
  );
  const roles = functions.map(([, { Role }]) => referred(Role));
  const lost = resourcesOf(template, 'AWS::Lambda::EventInvokeConfig')
    .filter(([, invoked]) => at(invoked, 'DestinationConfig', 'OnFailure', 'Destination') === undefined)
    .map(([name]) => `${name} loses what fails for good`);
  const wrong = functions.flatMap(([name, { Timeout, MemorySize, Role, FunctionName }]) => [
    ...(Timeout === undefined ? [`${name} has no timeout`] : []),
    ...(MemorySize === undefined ? [`${name} has no memory size`] : []),
    ...(roles.filter((role) => role === referred(Role)).length === 1 ? [] : [`${name} shares its role`]),
    ...(logged.has(`/aws/lambda/${FunctionName}`) ? [] : [`${name} has no log group`]),
  ]);
  return [...lost, ...wrong];
};

import { describe, expect, it } from 'vitest';
import { checkOpenings } from './check-openings.ts';
import { checkPolicies } from './check-policies.ts';
import { checkResources } from './check-resources.ts';
import { packagedTemplate, resourcesOf, type Template } from './packaged-template.ts';
import { unscopedCalls } from './unscoped-calls.ts';

const problemsOf = (template: Template): readonly string[] => [
  ...checkPolicies(template),
  ...checkOpenings(template),
  ...checkResources(template),
];

const properties = (template: Template, name: string): Record<string, unknown> => {
  const resource = template.Resources[name];
  if (resource === undefined) throw new Error(`The template has no ${name}.`);
  return resource.Properties;
};

const allow = (template: Template, statement: Record<string, unknown>): void => {
  const [policy] = properties(template, 'StartRunIamRoleLambdaExecution').Policies as [
    { PolicyDocument: { Statement: unknown[] } },
  ];
  policy.PolicyDocument.Statement.push({ Effect: 'Allow', ...statement });
};

describe('the packaged template', () => {
  it('breaks none of the rules', () => {
    expect(problemsOf(packagedTemplate())).toEqual([]);
  });

  it('makes every call that is listed as impossible to narrow', () => {
    const text = JSON.stringify(resourcesOf(packagedTemplate(), 'AWS::IAM::Role'));
    expect(Object.keys(unscopedCalls).filter((call) => !text.includes(`"${call}"`))).toEqual([]);
  });

  it.each<readonly [string, (template: Template) => void]>([
    ['StartRunIamRoleLambdaExecution may do *', (t) => allow(t, { Action: '*', Resource: 'arn:x' })],
    ['StartRunIamRoleLambdaExecution may do s3:*', (t) => allow(t, { Action: ['s3:*'], Resource: 'arn:x' })],
    [
      'StartRunIamRoleLambdaExecution may do s3:GetObject to everything',
      (t) => allow(t, { Action: 's3:GetObject', Resource: ['*'] }),
    ],
    [
      'StartRunIamRoleLambdaExecution may do ecs:ListTasks without the condition ecs:cluster',
      (t) => allow(t, { Action: 'ecs:ListTasks', Resource: '*' }),
    ],
    [
      'StartRunIamRoleLambdaExecution may do ecs:StopTask without the condition ecs:cluster',
      (t) => allow(t, { Action: 'ecs:StopTask', Resource: 'arn:x' }),
    ],
    [
      'StartRunIamRoleLambdaExecution may do iam:PassRole without the condition iam:PassedToService',
      (t) => allow(t, { Action: 'iam:PassRole', Resource: 'arn:x' }),
    ],
    [
      'WorkerTaskRole has no permissions boundary',
      (t) => void delete properties(t, 'WorkerTaskRole').PermissionsBoundary,
    ],
    [
      'WorkerTaskRole has policies that are not in this template',
      (t) => void Object.assign(properties(t, 'WorkerTaskRole'), { ManagedPolicyArns: ['arn:x'] }),
    ],
    [
      'RunBucketPolicy lets everybody in',
      (t) => {
        const document = {
          Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'x' }],
        };
        Object.assign(properties(t, 'RunBucketPolicy'), { PolicyDocument: document });
      },
    ],
    ['RunBucket can be used without TLS', (t) => void delete t.Resources.RunBucketPolicy],
    [
      'RunBucket may be made public: BlockPublicPolicy is not set',
      (t) => void delete properties(t, 'RunBucket').PublicAccessBlockConfiguration,
    ],
    ['RunBucket is not encrypted', (t) => void delete properties(t, 'RunBucket').BucketEncryption],
    ['StoppedTasks is not encrypted', (t) => void delete properties(t, 'StoppedTasks').SqsManagedSseEnabled],
    ['StoppedTasks has no dead-letter queue', (t) => void delete properties(t, 'StoppedTasks').RedrivePolicy],
    ['DeadLetters has no alarm', (t) => void delete t.Resources.DeadLettersAlarm],
    [
      'WorkerStoppedEventSourceMappingSQSStoppedTasks shows messages again while they are worked on',
      (t) => void Object.assign(properties(t, 'StoppedTasks'), { VisibilityTimeout: 60 }),
    ],
    ['Notices is not encrypted', (t) => void delete properties(t, 'Notices').KmsMasterKeyId],
    [
      'POST /runs needs no signature',
      (t) => void Object.assign(properties(t, 'HttpApiRoutePostRuns'), { AuthorizationType: 'NONE' }),
    ],
    [
      "$default takes more than the API's routes",
      (t) => void Object.assign(properties(t, 'HttpApiRoutePostRuns'), { RouteKey: '$default' }),
    ],
    [
      'StartRunLambdaFunction has no timeout',
      (t) => void delete properties(t, 'StartRunLambdaFunction').Timeout,
    ],
    [
      'StartRunLambdaFunction shares its role',
      (t) => {
        const { Role } = properties(t, 'PlanRunLambdaFunction');
        Object.assign(properties(t, 'StartRunLambdaFunction'), { Role });
      },
    ],
    ['StartRunLambdaFunction has no log group', (t) => void delete t.Resources.StartRunLogGroup],
    ['WorkerLogs keeps its logs for ever', (t) => void delete properties(t, 'WorkerLogs').RetentionInDays],
    [
      'WorkerSecurityGroup lets something in',
      (t) => void Object.assign(properties(t, 'WorkerSecurityGroup'), { SecurityGroupIngress: [{}] }),
    ],
    [
      "TaskStoppedRule loses what it can't deliver",
      (t) => {
        for (const target of properties(t, 'TaskStoppedRule').Targets as Record<string, unknown>[])
          delete target.DeadLetterConfig;
      },
    ],
    [
      'StartRunIamRoleLambdaExecution may do all but what it names',
      (t) => allow(t, { NotAction: 's3:GetObject', Resource: 'arn:x' }),
    ],
    [
      'StartRunIamRoleLambdaExecution may do s3:PutObject to everything',
      (t) => allow(t, { Action: 's3:PutObject', Resource: 'arn:aws:s3:::*' }),
    ],
    [
      'LaunchWorkersIamRoleLambdaExecution starts tasks and lacks ecs:StopTask',
      (t) => {
        const role = t.Resources.LaunchWorkersIamRoleLambdaExecution;
        if (role !== undefined)
          role.Properties = JSON.parse(JSON.stringify(role.Properties).replace('ecs:StopTask', 'ecs:Other'));
      },
    ],
    [
      'WorkerTaskRole may change "arn:aws:s3:::runs/runs/*"',
      (t) => {
        const document = {
          Statement: [{ Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::runs/runs/*' }],
        };
        properties(t, 'WorkerTaskRole').Policies = [{ PolicyDocument: document }];
      },
    ],
    [
      'WorkerTaskRole can be assumed by others than a service',
      (t) => {
        const Statement = [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }];
        properties(t, 'WorkerTaskRole').AssumeRolePolicyDocument = { Statement };
      },
    ],
    [
      'More is a policy outside of its role',
      (t) => void Object.assign(t.Resources, { More: { Type: 'AWS::IAM::Policy', Properties: {} } }),
    ],
    [
      'Open is a way around the API',
      (t) => void Object.assign(t.Resources, { Open: { Type: 'AWS::Lambda::Url', Properties: {} } }),
    ],
    [
      "ReadApiLambdaPermissionHttpApi lets anybody's resource invoke a function",
      (t) => void delete properties(t, 'ReadApiLambdaPermissionHttpApi').SourceArn,
    ],
    [
      'In lets something in',
      (t) =>
        void Object.assign(t.Resources, { In: { Type: 'AWS::EC2::SecurityGroupIngress', Properties: {} } }),
    ],
    ['DeadLetters can be used without TLS', (t) => void delete t.Resources.DeadLettersPolicy],
    [
      'DeadLettersPolicy takes messages of other accounts',
      (t) => {
        const Statement = [{ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' } }];
        properties(t, 'DeadLettersPolicy').PolicyDocument = { Statement };
      },
    ],
    [
      "NoticeKey can't be used by EventBridge",
      (t) => {
        const Principal = { Service: ['events.amazonaws.com'] };
        properties(t, 'NoticeKey').KeyPolicy = { Statement: [{ Effect: 'Allow', Principal, Condition: {} }] };
      },
    ],
    [
      'RunBucket has an access control list',
      (t) => void Object.assign(properties(t, 'RunBucket'), { AccessControl: 'PublicRead' }),
    ],
    [
      'WorkerTaskDefinition runs as root',
      (t) => void Object.assign(properties(t, 'WorkerTaskDefinition'), { ContainerDefinitions: [{}] }),
    ],
    [
      'StartRunIamRoleLambdaExecution may do ecs:StopTask in clusters that nobody named',
      (t) =>
        allow(t, {
          Action: 'ecs:StopTask',
          Resource: 'arn:x',
          Condition: { ArnLike: { 'ecs:cluster': 'arn:*:ecs:*:*:cluster/*' } },
        }),
    ],
    [
      'StartRunIamRoleLambdaExecution drains nothing and may do elasticloadbalancing:DeregisterTargets',
      (t) => allow(t, { Action: 'elasticloadbalancing:DeregisterTargets', Resource: 'arn:x' }),
    ],
    [
      'DrainStepIamRoleLambdaExecution may do ec2:RunInstances to everything',
      (t) => {
        const role = t.Resources.DrainStepIamRoleLambdaExecution;
        if (role !== undefined)
          role.Properties = JSON.parse(
            JSON.stringify(role.Properties).replace('ec2:CreateNetworkInterface', 'ec2:RunInstances'),
          );
      },
    ],
    [
      'StopWorkersIamRoleLambdaExecution stops tasks and shares no buckets',
      (t) => {
        const role = t.Resources.StopWorkersIamRoleLambdaExecution;
        if (role !== undefined)
          role.Properties = JSON.parse(
            JSON.stringify(role.Properties).replace('/state/buckets/', '/state/other/'),
          );
      },
    ],
    [
      'StartRunIamRoleLambdaExecution scales nothing and may do ecs:UpdateService',
      (t) => allow(t, { Action: 'ecs:UpdateService', Resource: 'arn:x' }),
    ],
    [
      'ScalingTickIamRoleLambdaExecution may end instances of no fleet',
      (t) => {
        const role = t.Resources.ScalingTickIamRoleLambdaExecution;
        if (role !== undefined)
          role.Properties = JSON.parse(
            JSON.stringify(role.Properties).replace(
              'aws:ResourceTag/aws:ec2:fleet-id',
              'aws:ResourceTag/fleet',
            ),
          );
      },
    ],
    [
      'FastTickIamRoleLambdaExecution may do autoscaling:SetDesiredCapacity without the condition aws:RequestedRegion',
      (t) => {
        const role = t.Resources.FastTickIamRoleLambdaExecution;
        if (role !== undefined)
          role.Properties = JSON.parse(
            JSON.stringify(role.Properties).replaceAll('aws:RequestedRegion', 'aws:PrincipalAccount'),
          );
      },
    ],
    [
      'WorkerTaskRole may change "arn:aws:s3:::runs/logs/*"',
      (t) => {
        const document = {
          Statement: [{ Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::runs/logs/*' }],
        };
        properties(t, 'WorkerTaskRole').Policies = [{ PolicyDocument: document }];
      },
    ],
    [
      'WorkerTaskDefinition can write to its own root',
      (t) => {
        const definition = t.Resources.WorkerTaskDefinition;
        if (definition !== undefined)
          definition.Properties = JSON.parse(
            // Of the log router, which a condition adds.
            JSON.stringify(definition.Properties).replace(
              /("Name":"log-router".*?)"ReadonlyRootFilesystem":true/,
              '$1"ReadonlyRootFilesystem":false',
            ),
          );
      },
    ],
    [
      'QuestionsWorkGroup lets clients decide',
      (t) => {
        const group = properties(t, 'QuestionsWorkGroup');
        group.WorkGroupConfiguration = {
          ...(group.WorkGroupConfiguration as object),
          EnforceWorkGroupConfiguration: false,
        };
      },
    ],
    [
      'CompactionWorkGroup leaves results unencrypted',
      (t) => void Object.assign(properties(t, 'CompactionWorkGroup'), { WorkGroupConfiguration: {} }),
    ],
    [
      "UpdatePartitionsRule loses what it can't deliver",
      (t) => {
        for (const target of properties(t, 'UpdatePartitionsRule').Targets as Record<string, unknown>[])
          delete target.DeadLetterConfig;
      },
    ],
    ['CapacityWanted has no alarm', (t) => void delete t.Resources.CapacityWantedAlarm],
    ['CapacityWanted can be used without TLS', (t) => void delete t.Resources.CapacityWantedPolicy],
    [
      'CapacityWantedTopic is not encrypted',
      (t) => void delete properties(t, 'CapacityWantedTopic').KmsMasterKeyId,
    ],
    [
      'CapacityWantedTopicPolicy lets everybody in',
      (t) => {
        const Statement = [
          { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sns:Publish', Resource: 'x' },
        ];
        properties(t, 'CapacityWantedTopicPolicy').PolicyDocument = { Statement };
      },
    ],
    ['LeavingInstances has no alarm', (t) => void delete t.Resources.LeavingInstancesAlarm],
    ['LeavingInstances can be used without TLS', (t) => void delete t.Resources.LeavingInstancesPolicy],
    [
      'InstanceLeavingEventSourceMappingSQSLeavingInstances shows messages again while they are worked on',
      (t) => void Object.assign(properties(t, 'InstanceLeavingLambdaFunction'), { Timeout: 11 }),
    ],
    [
      'LeavingInstancesPolicy takes messages of other accounts',
      (t) => {
        const policy = properties(t, 'LeavingInstancesPolicy');
        policy.PolicyDocument = JSON.parse(
          JSON.stringify(policy.PolicyDocument).replace(
            '{"ArnEquals":{"aws:SourceArn":{"Ref":"DrainTopicArn"}}}',
            '{}',
          ),
        );
      },
    ],
    [
      "SpotInterruptionRule loses what it can't deliver",
      (t) => {
        for (const target of properties(t, 'SpotInterruptionRule').Targets as Record<string, unknown>[])
          delete target.DeadLetterConfig;
      },
    ],
    [
      'LifecycleHookRole can be assumed by others than a service',
      (t) => {
        const Statement = [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }];
        properties(t, 'LifecycleHookRole').AssumeRolePolicyDocument = { Statement };
      },
    ],
    [
      'ReapRunsLambdaEvConf loses what fails for good',
      (t) => void delete properties(t, 'ReapRunsLambdaEvConf').DestinationConfig,
    ],
  ])('would be caught: %s', (problem, spoil) => {
    const template = packagedTemplate();
    spoil(template);
    expect(problemsOf(template)).toContain(problem);
  });
});

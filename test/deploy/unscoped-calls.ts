/** Calls that AWS doesn't let a policy narrow to a resource, and why each is needed. Nothing else may have Resource "*". */
export const unscopedCalls: Readonly<Record<string, string>> = {
  'ecs:ListTasks':
    'its resource is a container instance, which Fargate has not; narrowed by the condition ecs:cluster',
  'ec2:DescribeSubnets': 'free addresses of the subnets; EC2 describes have no resource',
  'servicequotas:GetServiceQuota': 'the vCPU quotas; has no resource',
  'servicequotas:GetAWSDefaultServiceQuota': 'the vCPU quotas where none was applied; has no resource',
  'scheduler:ListSchedules': 'the schedules of the group; listing has no resource',
  'ecr:GetAuthorizationToken': 'the token is for the registry, not for a repository',
  'logs:CreateLogDelivery': 'how Step Functions writes its log; deliveries have no resource',
  'logs:GetLogDelivery': 'as above',
  'logs:UpdateLogDelivery': 'as above',
  'logs:DeleteLogDelivery': 'as above',
  'logs:ListLogDeliveries': 'as above',
  'logs:PutResourcePolicy': 'as above',
  'logs:DescribeResourcePolicies': 'as above',
  'logs:DescribeLogGroups': 'as above',
};

/** Calls that must have this condition. */
export const neededConditions: Readonly<Record<string, string>> = {
  'ecs:ListTasks': 'ecs:cluster',
  'ecs:RunTask': 'ecs:cluster',
  'ecs:StopTask': 'ecs:cluster',
  'ecs:DescribeTasks': 'ecs:cluster',
  'ecs:TagResource': 'ecs:CreateAction',
  'events:PutEvents': 'events:source',
  'iam:PassRole': 'iam:PassedToService',
};

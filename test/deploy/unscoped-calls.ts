/** Calls that AWS doesn't let a policy narrow to a resource, and why each is needed. Nothing else may have Resource "*". */
export const unscopedCalls: Readonly<Record<string, string>> = {
  'ecs:ListTasks':
    'its resource is a container instance, which Fargate has not; narrowed by the condition ecs:cluster',
  'ec2:DescribeSubnets': 'free addresses of the subnets; EC2 describes have no resource',
  'servicequotas:GetServiceQuota': 'the vCPU quotas; has no resource',
  'servicequotas:GetAWSDefaultServiceQuota': 'the vCPU quotas where none was applied; has no resource',
  'scheduler:ListSchedules': 'the schedules of the group; listing has no resource',
  'ecr:GetAuthorizationToken': 'the token is for the registry, not for a repository',
  'ecs:DescribeTaskDefinition':
    'stop timeouts and ports of tasks; a definition is described by any of its names',
  'elasticloadbalancing:DescribeTargetGroups': 'the type of target groups; ELBv2 describes have no resource',
  'elasticloadbalancing:DescribeTargetGroupAttributes': 'their deregistration delay; as above',
  'elasticloadbalancing:DescribeTargetHealth': 'whether a target still gets requests; as above',
  'autoscaling:DescribeLifecycleHooks': 'how often a hook wants to hear of a drain; has no resource',
  'ec2:DescribeInstances': "addresses of tasks' instances; EC2 describes have no resource",
  'ec2:CreateNetworkInterface': 'how Lambda puts a function into a VPC, where there is one',
  'ec2:DescribeNetworkInterfaces': 'as above',
  'ec2:DeleteNetworkInterface': 'as above',
  'ec2:AssignPrivateIpAddresses': 'as above',
  'ec2:UnassignPrivateIpAddresses': 'as above',
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
  'ecs:DescribeServices': 'ecs:cluster',
  'ecs:DescribeContainerInstances': 'ecs:cluster',
  'ecs:UpdateContainerInstancesState': 'ecs:cluster',
  'ecs:GetTaskProtection': 'ecs:cluster',
  'ecs:TagResource': 'ecs:CreateAction',
  'events:PutEvents': 'events:source',
  'iam:PassRole': 'iam:PassedToService',
};

export const output = (key: string, value: string): string =>
  `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`;

export const stackOutputs = [output('ApiUrl', 'https://api.test/'), output('BucketName', 'load-bucket')];

/** What CloudFormation answers to DescribeStacks. */
export const described = (status: string, outputs: readonly string[] = stackOutputs): string =>
  `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>load</StackName><CreationTime>2026-01-31T10:20:30Z</CreationTime><StackStatus>${status}</StackStatus><Outputs>${outputs.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;

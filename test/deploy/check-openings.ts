import { listOf, type Statement } from './check-policies.ts';
import { at, referred, resourcesOf, type Template, unfolded } from './packaged-template.ts';

/** What is wrong with who may come in from outside a role's own policies, in words. */
export const checkOpenings = (template: Template): readonly string[] => [
  ...resourcesOf(template, 'AWS::Lambda::Url').map(([name]) => `${name} is a way around the API`),
  ...resourcesOf(template, 'AWS::Lambda::Permission')
    .filter(([, { Principal, SourceArn }]) => Principal === '*' || SourceArn === undefined)
    .map(([name]) => `${name} lets anybody's resource invoke a function`),
  ...resourcesOf(template, 'AWS::EC2::SecurityGroupIngress').map(([name]) => `${name} lets something in`),
  ...resourcesOf(template, 'AWS::IAM::Role')
    .filter(([, role]) =>
      allowed(role.AssumeRolePolicyDocument).some(
        ({ Principal }) => at(Principal, 'Service') === undefined || isEverybody(Principal),
      ),
    )
    .map(([name]) => `${name} can be assumed by others than a service`),
  ...['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'].flatMap((type) =>
    resourcesOf(template, type)
      .filter(([, { PolicyDocument }]) => allowed(PolicyDocument).some((each) => isEverybody(each.Principal)))
      .map(([name]) => `${name} lets everybody in`),
  ),
  ...resourcesOf(template, 'AWS::SQS::QueuePolicy')
    .filter(([, { PolicyDocument }]) =>
      allowed(PolicyDocument).some(({ Condition }) => !JSON.stringify(Condition ?? {}).includes('SourceArn')),
    )
    .map(([name]) => `${name} takes messages of other accounts`),
  ...checkTls(template, 'AWS::SQS::Queue', 'AWS::SQS::QueuePolicy', 'Queues'),
  ...checkTls(template, 'AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'Bucket'),
  // EventBridge uses a topic's key without saying for which account or rule.
  ...resourcesOf(template, 'AWS::KMS::Key')
    .filter(([, { KeyPolicy }]) =>
      allowed(KeyPolicy).some(
        ({ Principal, Condition }) =>
          listOf(at(Principal, 'Service')).includes('events.amazonaws.com') && Condition !== undefined,
      ),
    )
    .map(([name]) => `${name} can't be used by EventBridge`),
];

const allowed = (document: unknown): readonly Statement[] =>
  unfolded<Statement>(at(document, 'Statement') as readonly unknown[]).filter(
    ({ Effect }) => Effect === 'Allow',
  );

const isEverybody = (principal: unknown): boolean => JSON.stringify(principal ?? '*').includes('"*"');

const checkTls = (template: Template, type: string, policyType: string, of: string): readonly string[] => {
  const tlsOnly = new Set(
    resourcesOf(template, policyType)
      .filter(([, policy]) => /"Deny".*"aws:SecureTransport":"?false/.test(JSON.stringify(policy)))
      .flatMap(([, policy]) => listOf(policy[of]).map(referred)),
  );
  return resourcesOf(template, type)
    .filter(([name]) => !tlsOnly.has(name))
    .map(([name]) => `${name} can be used without TLS`);
};

/**
 * A plugin of osls: gives what osls and its plugins generate what they have no setting for. The permissions boundary,
 * which a stack may or may not have; log retention as a parameter; rules between parameters. And takes away the role that
 * functions would share, as each has its own.
 */
module.exports = class FinishTemplate {
  constructor(serverless) {
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () =>
        finish(serverless.service.provider.compiledCloudFormationTemplate, serverless.service.custom.rules),
    };
  }
};

const boundary = {
  'Fn::If': ['HasPermissionsBoundary', { Ref: 'PermissionsBoundary' }, { Ref: 'AWS::NoValue' }],
};

const finish = (template, rules) => {
  template.Rules = rules;
  delete template.Resources.IamRoleLambdaExecution;
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (Type === 'AWS::IAM::Role') Properties.PermissionsBoundary = boundary;
    if (Type === 'AWS::Logs::LogGroup') Properties.RetentionInDays = { Ref: 'LogRetentionDays' };
  }
  template.Resources.HttpApiStage.Properties.DefaultRouteSettings = {
    DetailedMetricsEnabled: false,
    ThrottlingBurstLimit: 100,
    ThrottlingRateLimit: 50,
  };
};

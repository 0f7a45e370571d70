/**
 * A plugin of osls: gives what osls and its plugins generate what they have no setting for. The permissions boundary,
 * which a stack may or may not have; log retention as a parameter; rules between parameters. And takes away the role that
 * functions would share, as each has its own, and each one's right to make log groups, which would outlive the stack.
 * A stack is created with the bucket for deployments only, and then updated; what is created declares no parameters, and
 * CloudFormation refuses values for any.
 */
module.exports = class FinishTemplate {
  constructor(serverless) {
    let values;
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () =>
        finish(serverless.service.provider.compiledCloudFormationTemplate, serverless.service.custom.rules),
      'before:aws:deploy:deploy:createStack': () => {
        values = serverless.service.provider.stackParameters;
        serverless.service.provider.stackParameters = [];
      },
      'after:aws:deploy:deploy:createStack': () => {
        serverless.service.provider.stackParameters = values;
      },
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
    if (Type === 'AWS::IAM::Role') {
      Properties.PermissionsBoundary = boundary;
      for (const { PolicyDocument } of Properties.Policies)
        for (const statement of PolicyDocument.Statement)
          if (Array.isArray(statement.Action))
            statement.Action = statement.Action.filter((action) => action !== 'logs:CreateLogGroup');
    }
    if (Type === 'AWS::Logs::LogGroup') Properties.RetentionInDays = { Ref: 'LogRetentionDays' };
  }
  template.Resources.HttpApiStage.Properties.DefaultRouteSettings = {
    DetailedMetricsEnabled: false,
    ThrottlingBurstLimit: 100,
    ThrottlingRateLimit: 50,
  };
};

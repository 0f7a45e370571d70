/**
 * A plugin of osls: gives what osls and its plugins generate what they have no setting for. The permissions boundary and
 * the network, which a stack may or may not have; log retention as a parameter; rules between parameters; readers of
 * queues that are off where nothing is drained or scaled; the name of the database of logs. And takes away the role that functions would share, as each has its own,
 * and each one's right to make log groups, which would outlive the stack.
 * A stack is created with the bucket for deployments only, and then updated; what is created declares no parameters, and
 * CloudFormation refuses values for any.
 */
module.exports = class FinishTemplate {
  constructor(serverless) {
    let values;
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () =>
        finish(serverless.service.provider.compiledCloudFormationTemplate, {
          ...serverless.service.custom,
          stackName: serverless.getProvider('aws').naming.getStackName(),
        }),
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

/** Asked for messages all day long, each time for money, where they have a reader. */
const readWhere = { LeavingInstances: 'DrainsOn', TaskChanges: 'DrainsOn', CapacityWanted: 'ScalingOn' };
const queueOf = ({ EventSourceArn }) => EventSourceArn['Fn::GetAtt'][0];

const split = (parameter) => ({ 'Fn::Split': [',', { Ref: parameter }] });
const where = (condition, value) => ({ 'Fn::If': [condition, value, { Ref: 'AWS::NoValue' }] });
const boundary = where('HasPermissionsBoundary', { Ref: 'PermissionsBoundary' });
const network = { SubnetIds: split('DrainSubnetIds'), SecurityGroupIds: split('DrainSecurityGroupIds') };

/** Those that differ in their actions only become one: a role's policies may have 10,240 characters, lists of clusters included. */
const mergeStatements = (statements) => {
  const merged = new Map();
  for (const { Action, ...rest } of statements) {
    const key = JSON.stringify(rest);
    const known = merged.get(key);
    if (known === undefined || Action === undefined) merged.set(key, { ...rest, ...(Action && { Action }) });
    else known.Action = [...new Set([known.Action, Action].flat())];
  }
  return [...merged.values()];
};

/** In the network of DrainSubnetIds under a condition, with the right to attach to it. */
const attach = (template, key, condition, right) => {
  const name = `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
  template.Resources[`${name}LambdaFunction`].Properties.VpcConfig = where(condition, network);
  const [policy] = template.Resources[`${name}IamRoleLambdaExecution`].Properties.Policies;
  policy.PolicyDocument.Statement.push(where(condition, right));
};

const finish = (template, { rules, inVpc, asksPrometheus, canDrain, stackName }) => {
  template.Rules = rules;
  // In lower case, because Glue keeps it so and policies compare as written; without a dash, so that SQL needs no quotes.
  template.Resources.LogsDatabase.Properties.DatabaseInput.Name = stackName
    .toLowerCase()
    .replaceAll('-', '_');
  for (const key of inVpc) attach(template, key, 'DrainInVpc', canDrain.attachToVpc);
  for (const key of asksPrometheus) attach(template, key, 'ScalingInVpc', canDrain.attachToVpc);
  delete template.Resources.IamRoleLambdaExecution;
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (Type === 'AWS::Lambda::EventSourceMapping' && readWhere[queueOf(Properties)] !== undefined)
      Properties.Enabled = { 'Fn::If': [readWhere[queueOf(Properties)], true, false] };
    if (Type === 'AWS::IAM::Role') {
      Properties.PermissionsBoundary = boundary;
      for (const { PolicyDocument } of Properties.Policies)
        for (const statement of PolicyDocument.Statement)
          if (Array.isArray(statement.Action))
            statement.Action = statement.Action.filter((action) => action !== 'logs:CreateLogGroup');
      for (const { PolicyDocument } of Properties.Policies)
        PolicyDocument.Statement = mergeStatements(PolicyDocument.Statement);
    }
    if (Type === 'AWS::Logs::LogGroup') Properties.RetentionInDays = { Ref: 'LogRetentionDays' };
  }
  template.Resources.HttpApiStage.Properties.DefaultRouteSettings = {
    DetailedMetricsEnabled: false,
    ThrottlingBurstLimit: 100,
    ThrottlingRateLimit: 50,
  };
};

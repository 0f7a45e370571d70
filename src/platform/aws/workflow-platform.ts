import { SFNClient } from '@aws-sdk/client-sfn';
import type { Workflow } from '../ports/workflow.ts';
import { awsClientOptions } from './aws-client-options.ts';
import { readEnvironment, runEnvironment, workflowEnvironment } from './environment.ts';
import { once } from './once.ts';
import { composeRunPorts, type RunPlatform } from './run-platform.ts';
import { StepFunctionsWorkflow } from './step-functions-workflow.ts';

/** As runPlatform, for functions that start executions or look after them. */
export const workflowPlatform = /* @__PURE__ */ once((): RunPlatform & { readonly workflow: Workflow } => ({
  ports: composeRunPorts(readEnvironment(runEnvironment)),
  workflow: new StepFunctionsWorkflow(
    new SFNClient(awsClientOptions()),
    readEnvironment(workflowEnvironment).STORMDRAIN_STATE_MACHINE_ARN,
  ),
}));

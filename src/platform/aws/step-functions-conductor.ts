import { createHash } from 'node:crypto';
import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PlatformRefusedError, WorkflowUnavailableError } from '../../errors.ts';
import type { DrainConductor } from '../ports/drain-conductor.ts';
import { classifyAwsFailure } from './aws-failure.ts';

export interface ConductorMachines {
  /** Of the coordinator; its input is `{ cluster, generation }`. */
  readonly clusterMachineArn: string;
  /** Of a drain without hurry; its input is `{ cluster, drainId }`. */
  readonly instanceMachineArn: string;
}

/** What Step Functions takes as a name: at most 80 characters. */
const longestName = 80;
const hashLength = 12;

/** Different for different parts, also where they are too long or have characters that a name can't have. */
export const executionName = (cluster: string, part: string): string => {
  const whole = `${cluster}-${part}`;
  const name = whole.replaceAll(/[^A-Za-z0-9_-]/g, '_');
  if (name === whole && name.length <= longestName) return name;
  const hash = createHash('sha256').update(`${cluster}\n${part}`).digest('hex').slice(0, hashLength);
  return `${name.slice(0, longestName - hashLength - 1)}-${hash}`;
};

/** Conducts drains by executions of Step Functions (Standard), each named after what it conducts, so that it is started once. */
export class StepFunctionsConductor implements DrainConductor {
  readonly #client: Pick<SFNClient, 'send'>;
  readonly #machines: ConductorMachines;

  constructor(client: Pick<SFNClient, 'send'>, machines: ConductorMachines) {
    this.#client = client;
    this.#machines = machines;
  }

  conduct(cluster: string, generation: number): Promise<void> {
    const name = executionName(cluster, `g${generation}`);
    return this.#start(this.#machines.clusterMachineArn, name, { cluster, generation });
  }

  conductInstance(cluster: string, drainId: string, turn = ''): Promise<void> {
    const name = executionName(cluster, turn === '' ? drainId : `${drainId}-${turn}`);
    return this.#start(this.#machines.instanceMachineArn, name, { cluster, drainId });
  }

  async #start(stateMachineArn: string, name: string, input: object): Promise<void> {
    try {
      await this.#client.send(
        new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
      );
    } catch (cause) {
      const failure = classifyAwsFailure(cause);
      // It runs, or has run in the last 90 days.
      if (failure.name === 'ExecutionAlreadyExists') return;
      const what = `Could not start execution ${name} of ${stateMachineArn}: ${failure.text}.`;
      if (failure.kind === 'passing')
        throw new WorkflowUnavailableError(`${what} Try again in a moment.`, { cause });
      throw new PlatformRefusedError(
        `${what} Check that the state machine exists and that the role may start it.`,
        { cause },
      );
    }
  }
}

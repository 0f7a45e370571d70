import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PlatformRefusedError, WorkflowUnavailableError } from '../../errors.ts';
import { classifyAwsFailure } from './aws-failure.ts';

/**
 * Starts the state machine that brings the catalog up to date, looking at all days. Asking again within the same minute is the
 * same execution. Throws `WorkflowUnavailable`, `PlatformRefused`.
 */
export const startCatalogUpdate = async (
  client: Pick<SFNClient, 'send'>,
  stateMachineArn: string,
  nowMillis: number,
): Promise<void> => {
  const minute = new Date(nowMillis).toISOString().slice(0, 16).replaceAll(/\D/g, '');
  const input = JSON.stringify({ isThorough: true });
  try {
    await client.send(new StartExecutionCommand({ stateMachineArn, name: `asked-${minute}`, input }));
  } catch (cause) {
    const failure = classifyAwsFailure(cause);
    if (failure.name === 'ExecutionAlreadyExists') return;
    const what = `Could not start ${stateMachineArn}: ${failure.text}.`;
    if (failure.kind === 'passing')
      throw new WorkflowUnavailableError(`${what} Try again in a moment.`, { cause });
    throw new PlatformRefusedError(
      `${what} Check that the state machine exists and that the role may start it.`,
      { cause },
    );
  }
};

import type { Task } from '@aws-sdk/client-ecs';

/** After these nothing of the task's containers runs any more; what is left to do is taking its network interface away. */
const overStatuses = new Set(['DEPROVISIONING', 'STOPPED', 'DELETED']);

/** A task counts as running from the moment that it was asked for until its containers have ended. */
export const taskState = (task: Task): 'running' | 'stopped' =>
  task.executionStoppedAt !== undefined || overStatuses.has(task.lastStatus ?? '') ? 'stopped' : 'running';

/** Why a task stopped, in words. Codes: ECS developer guide, "Stopped tasks error codes". */
export const describeStop = (task: Task, containerName: string): string => {
  const container = task.containers?.find(({ name }) => name === containerName) ?? task.containers?.[0] ?? {};
  const exit = container.exitCode === undefined ? undefined : `exit code ${container.exitCode}`;
  const said = firstSaid(container.reason, task.stoppedReason);
  switch (task.stopCode) {
    case 'SpotInterruption':
    case 'TerminationNotice':
      return 'spot interruption: AWS took the capacity back';
    case 'EssentialContainerExited':
      return (
        firstSaid([exit, container.reason].filter(Boolean).join(': '), task.stoppedReason) ??
        'its container ended'
      );
    case 'TaskFailedToStart':
      return `it failed to start: ${said ?? 'ECS gives no reason'}`;
    case 'InfrastructureHealth':
      return `its host failed: ${said ?? 'ECS gives no reason'}`;
    case 'UserInitiated':
    case 'ServiceSchedulerInitiated':
      return `stopped by request: ${firstSaid(task.stoppedReason) ?? 'without a reason'}`;
    default:
      return said ?? exit ?? 'it stopped';
  }
};

const firstSaid = (...texts: readonly (string | undefined)[]): string | undefined =>
  texts.find((text) => text !== undefined && text !== '');

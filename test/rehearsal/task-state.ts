/** A task as ECS would describe it, beyond what moto knows of it. */
export interface TaskState {
  readonly taskArn: string;
  readonly clusterArn: string;
  readonly taskDefinitionArn: string;
  readonly container: string;
  readonly startedBy: string;
  readonly capacityProvider: string;
  readonly createdAt: number;
  lastStatus: 'PENDING' | 'RUNNING' | 'STOPPING' | 'STOPPED';
  desiredStatus: 'RUNNING' | 'STOPPED';
  stopCode?: 'UserInitiated' | 'EssentialContainerExited' | 'SpotInterruption';
  stoppedReason?: string;
  exitCode?: number;
  stoppedAt?: number;
  /** Counts the changes, as the `version` of ECS events does. */
  version: number;
}

/** The fields of DescribeTasks and of a Task State Change event that a task's life changes. */
export const describeTask = (task: TaskState) => ({
  taskArn: task.taskArn,
  clusterArn: task.clusterArn,
  taskDefinitionArn: task.taskDefinitionArn,
  startedBy: task.startedBy,
  launchType: 'FARGATE',
  capacityProviderName: task.capacityProvider,
  lastStatus: task.lastStatus,
  desiredStatus: task.desiredStatus,
  version: task.version,
  ...(task.stopCode === undefined ? {} : { stopCode: task.stopCode }),
  ...(task.stoppedReason === undefined ? {} : { stoppedReason: task.stoppedReason }),
  containers: [
    {
      name: task.container,
      taskArn: task.taskArn,
      lastStatus: task.lastStatus === 'STOPPED' ? 'STOPPED' : 'RUNNING',
      ...(task.exitCode === undefined ? {} : { exitCode: task.exitCode }),
    },
  ],
});

/** Shape: Amazon ECS developer guide, "Amazon ECS task state change events". */
export const taskStateChange = (task: TaskState, account: string, region: string) => ({
  version: '0',
  id: crypto.randomUUID(),
  'detail-type': 'ECS Task State Change',
  source: 'aws.ecs',
  account,
  time: new Date().toISOString(),
  region,
  resources: [task.taskArn],
  detail: {
    ...describeTask(task),
    group: 'family:worker',
    createdAt: new Date(task.createdAt).toISOString(),
    updatedAt: new Date().toISOString(),
    ...(task.stoppedAt === undefined ? {} : { stoppedAt: new Date(task.stoppedAt).toISOString() }),
  },
});

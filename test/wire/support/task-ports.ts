import type { ServiceCall } from '../../rehearsal/service-call.ts';
import { askJson, type Forward } from './ask-service.ts';

export interface MotoTask {
  readonly taskArn: string;
  readonly taskDefinitionArn: string;
  readonly lastStatus: string;
  readonly group?: string;
  readonly containers?: readonly { readonly name: string }[];
}

interface Definition {
  readonly networkMode?: string;
  readonly containerDefinitions: readonly {
    readonly name: string;
    readonly portMappings?: readonly {
      readonly containerPort: number;
      readonly hostPort?: number;
      readonly protocol?: string;
    }[];
  }[];
}

/** Where the agent's range for ports that are left to it begins. */
const firstPort = 32_768;
const hostPorts = new Map<string, number>();

/** A port of the host that is the task's for as long as it lives. */
const hostPortOf = (taskArn: string, container: string, containerPort: number): number => {
  const key = `${taskArn} ${container} ${containerPort}`;
  const port = hostPorts.get(key) ?? firstPort + hostPorts.size;
  hostPorts.set(key, port);
  return port;
};

/** Tasks with the bindings that ECS tells of tasks in bridge and host networks, as their definitions want them. */
export const bindPorts = async (
  call: ServiceCall,
  forward: Forward,
  tasks: readonly MotoTask[],
): Promise<readonly MotoTask[]> => {
  const definitions = new Map<string, Definition>();
  for (const taskDefinition of new Set(tasks.map((task) => task.taskDefinitionArn))) {
    const answer = await askJson<{ readonly taskDefinition: Definition }>(
      call,
      forward,
      'DescribeTaskDefinition',
      { taskDefinition },
    );
    definitions.set(taskDefinition, answer.taskDefinition);
  }
  return tasks.map((task) => {
    const definition = definitions.get(task.taskDefinitionArn);
    if (definition === undefined || definition.networkMode === 'awsvpc' || task.lastStatus !== 'RUNNING')
      return task;
    const bindings = (name: string): readonly object[] =>
      (definition.containerDefinitions.find((each) => each.name === name)?.portMappings ?? []).map(
        ({ containerPort, hostPort = 0, protocol = 'tcp' }) => ({
          bindIP: '0.0.0.0',
          containerPort,
          hostPort: hostPort === 0 ? hostPortOf(task.taskArn, name, containerPort) : hostPort,
          protocol,
        }),
      );
    const containers = (task.containers ?? []).map((container) => ({
      ...container,
      networkBindings: bindings(container.name),
    }));
    return { ...task, containers };
  });
};

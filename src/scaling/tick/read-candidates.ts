import { describedAtOnce, describeTasks, listTasksWanted } from '../../calls/cluster-reads.ts';
import { eachOf, inBatches, pacedCall } from '../../calls/paced-call.ts';
import type { ClusterService, ClusterTask } from '../../platform/ports/container-cluster.ts';
import type { InstanceTask } from '../cluster-snapshot.ts';
import type { ScalingPorts } from '../scaling-ports.ts';
import { readDefinitions } from './definition-cache.ts';
import { needsOf } from './task-needs.ts';

export interface CandidatesRead {
  /** By container instance ARN; without those whose tasks could not all be read. */
  readonly tasks: ReadonlyMap<string, readonly InstanceTask[]>;
  readonly listed: readonly number[];
  readonly guarded: number;
  readonly definitions: number;
}

const atOnce = 8;

/**
 * The tasks that would have to go elsewhere from these instances: those that are being stopped wouldn't. Throws what its
 * calls throw.
 */
export const readCandidates = async (
  ports: ScalingPorts,
  cluster: string,
  candidates: readonly string[],
  services: ReadonlyMap<string, ClusterService>,
): Promise<CandidatesRead> => {
  const listed = new Map<string, readonly string[]>();
  await eachOf(candidates, atOnce, async (instance) => {
    listed.set(instance, await listTasksWanted(ports, cluster, 'RUNNING', instance));
  });
  const arns = [...listed.values()].flat();
  const described = new Map(
    (await describeTasks(ports, cluster, arns)).map((task) => [task.taskArn, task] as const),
  );
  const tasks = [...described.values()];
  const guarded = tasks.filter(({ service }) => service !== null).map(({ taskArn }) => taskArn);
  const [{ definitions, asked }, protectedArns] = await Promise.all([
    readDefinitions(
      ports,
      tasks.map(({ taskDefinitionArn }) => taskDefinitionArn),
    ),
    readProtected(ports, cluster, guarded),
  ]);
  const taskOf = (task: ClusterTask): InstanceTask | undefined => {
    const definition = definitions.get(task.taskDefinitionArn);
    if (definition === undefined) return undefined;
    const service = task.service === null ? undefined : services.get(task.service);
    const needs = needsOf(definition, service);
    return {
      ...needs,
      // What it was placed with counts: overrides may have changed what the definition says.
      cpu: task.cpu > 0 ? task.cpu : needs.cpu,
      memoryMib: task.memoryMib > 0 ? task.memoryMib : needs.memoryMib,
      taskArn: task.taskArn,
      service: task.service,
      group: task.group,
      isDaemon: service?.schedulingStrategy === 'DAEMON',
      isProtected: protectedArns.has(task.taskArn),
    };
  };
  const whole = [...listed].flatMap(([instance, ofInstance]) => {
    // Tasks that went between listing and describing are no loss.
    const here = ofInstance.flatMap((arn) => described.get(arn) ?? []);
    const read = here.map(taskOf).filter((task) => task !== undefined);
    return read.length === here.length ? [[instance, read] as const] : [];
  });
  return {
    tasks: new Map(whole),
    listed: [...listed.values()].map(({ length }) => length),
    guarded: guarded.length,
    definitions: asked,
  };
};

const readProtected = async (
  ports: ScalingPorts,
  cluster: string,
  arns: readonly string[],
): Promise<ReadonlySet<string>> => {
  const found = new Set<string>();
  await eachOf(inBatches(arns, describedAtOnce), atOnce, async (batch) => {
    const got = await pacedCall(ports, 'protection', () => ports.cluster.protectedTasks(cluster, batch));
    for (const { taskArn } of got) found.add(taskArn);
  });
  return found;
};

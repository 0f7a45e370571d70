import type { BalancerGroup } from '../../platform/ports/balancer.ts';
import type { ClusterTask } from '../../platform/ports/container-cluster.ts';
import { isHaproxyGroup } from './route-balancers.ts';
import type { KnownTarget } from './targets-document.ts';
import { balancerTag, portTag, type TaskPlace, targetId } from './task-targets.ts';

export type TargetsDecision =
  | { readonly kind: 'register'; readonly targets: readonly [KnownTarget] }
  /** It can't be registered as it is tagged; one sentence with the fix. */
  | { readonly kind: 'refused'; readonly reason: string };

const refused = (reason: string): TargetsDecision => ({ kind: 'refused', reason });

/** Which target a tagged task of its own is. `place` is null where it runs on no instance, or none is known. */
export const decideTargets = (
  task: ClusterTask,
  place: TaskPlace | null,
  group: BalancerGroup | undefined,
): TargetsDecision => {
  const name = task.tags[balancerTag] ?? '';
  const wanted = task.tags[portTag];
  if (group === undefined) {
    return refused(
      `${task.taskArn} has the tag ${balancerTag}=${name}, and there is no such balancer group: correct the tag`,
    );
  }
  const tcp = task.ports.filter((port) => port.protocol === 'tcp');
  const ports = [...new Set(tcp.map((port) => String(port.containerPort)))];
  if (wanted !== undefined && !ports.includes(wanted)) {
    return refused(
      `${task.taskArn} has the tag ${portTag}=${wanted}, but listens on ${ports.join(', ') || 'no tcp port'}: correct the tag or the port mappings`,
    );
  }
  if (ports.length === 0) {
    return refused(
      `${task.taskArn} has the tag ${balancerTag}, but no tcp port: add a port mapping to its task definition`,
    );
  }
  if (wanted === undefined && ports.length > 1) {
    return refused(
      `${task.taskArn} listens on ${ports.join(', ')}: say which one ${name} sends requests to, with the tag ${portTag}=${ports[0]}`,
    );
  }
  const used = tcp.find((port) => wanted === undefined || String(port.containerPort) === wanted);
  if (used?.reach === 'instance' && place === null) {
    return refused(
      `${task.taskArn} runs on an instance that its cluster doesn't know any more: stop the task, or have the instance's agent register again`,
    );
  }
  if (group.targetType === 'instance' && used?.reach === 'ip') {
    return refused(
      `${task.taskArn} has an address of its own, and ${name} takes instances: use a target group of type ip, or network mode bridge or host`,
    );
  }
  if (group.targetType === 'ip' && used?.reach === 'instance' && !isHaproxyGroup(name)) {
    return refused(
      `${task.taskArn} has no address of its own (bridge or host network), and ${name} takes addresses: use network mode awsvpc, or a target group of type instance`,
    );
  }
  const id = used === undefined ? null : targetId(name, used, place ?? { instanceId: '', address: null });
  if (used === undefined || id === null || id === '') {
    return refused(
      `${task.taskArn} is in bridge or host network, and EC2 tells no private address of its instance: use network mode awsvpc`,
    );
  }
  return { kind: 'register', targets: [{ group: name, id, port: used.port }] };
};

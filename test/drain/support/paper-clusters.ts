import type { ContainerCluster, ContainerInstance } from '../../../src/platform/ports/container-cluster.ts';

type Instances = Pick<ContainerCluster, 'listInstances' | 'describeInstances'>;

/** Clusters that have nothing but instances, listed two a page. */
export class PaperClusters implements Instances {
  readonly instances: Readonly<Record<string, readonly string[]>>;
  readonly calls: string[] = [];
  /** Called before each call; may throw. */
  before: (cluster: string) => void = () => undefined;

  /** EC2 instances by cluster. */
  constructor(instances: Readonly<Record<string, readonly string[]>>) {
    this.instances = instances;
  }

  async listInstances(
    cluster: string,
    options: { readonly instanceIds?: readonly string[]; readonly next?: string } = {},
  ) {
    this.calls.push(`list ${cluster} ${options.instanceIds?.length}`);
    this.before(cluster);
    const arns = (this.instances[cluster] ?? [])
      .filter((id) => options.instanceIds?.includes(id) ?? true)
      .map((id) => `arn:${cluster}:${id}`);
    const from = Number(options.next ?? 0);
    const page = { arns: arns.slice(from, from + 2) };
    return from + 2 < arns.length ? { ...page, next: String(from + 2) } : page;
  }

  async describeInstances(cluster: string, arns: readonly string[]): Promise<readonly ContainerInstance[]> {
    this.calls.push(`describe ${cluster} ${arns.length}`);
    this.before(cluster);
    return arns.map((containerInstanceArn) => ({
      containerInstanceArn,
      instanceId: containerInstanceArn.split(':')[2] ?? '',
      status: 'ACTIVE',
      isAgentConnected: true,
      runningTasks: 1,
      pendingTasks: 0,
      capacityProviderName: null,
      version: 1,
      registeredAtMillis: 1_800_000_000_000,
      instanceType: 'm6i.large',
      registered: { cpu: 2048, memoryMib: 7_680, gpus: 0, tcpPorts: [], udpPorts: [] },
      remaining: { cpu: 2048, memoryMib: 7_680, gpus: 0, tcpPorts: [], udpPorts: [] },
      attributes: {},
      taskEnis: 0,
    }));
  }
}

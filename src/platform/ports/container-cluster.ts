/**
 * The container cluster port: instances, the tasks on them and the services that own those, as ECS has them. Each
 * method is one call of its API, so that whoever calls can pay for it (call-pace.ts); batches and pages are the caller's. What
 * an implementation has to call besides, it pays for itself.
 * Throws `CallThrottled`, `ClusterUnavailable` when a call fails in a way that may pass, else `ClusterRefused`.
 */
export interface ContainerCluster {
  /** Undefined when there is no such cluster. Bucket: clusterRead. */
  describeCluster(cluster: string): Promise<ClusterFacts | undefined>;
  /**
   * ARNs of container instances; with `instanceIds` (at most 50) those of EC2 instances only. None where there is no such
   * cluster. Bucket: resourceRead.
   */
  listInstances(
    cluster: string,
    options?: { readonly instanceIds?: readonly string[]; readonly next?: string },
  ): Promise<ArnPage>;
  /** At most 100; those that aren't there are left out. Bucket: resourceRead. */
  describeInstances(cluster: string, arns: readonly string[]): Promise<readonly ContainerInstance[]>;
  /** At most 10. Setting a state again succeeds. Bucket: resourceModify. */
  setInstanceState(
    cluster: string,
    arns: readonly string[],
    state: 'ACTIVE' | 'DRAINING',
  ): Promise<readonly CallFailure[]>;
  /**
   * Tasks by what they are wanted to be: a task that is being stopped is among the `STOPPED` ones before it has stopped.
   * Of the whole cluster when no instance is named. 100 a page. Bucket: resourceRead.
   */
  listTasks(
    cluster: string,
    options: {
      readonly desiredStatus: 'RUNNING' | 'STOPPED';
      readonly containerInstanceArn?: string;
      readonly next?: string;
    },
  ): Promise<ArnPage>;
  /** At most 100, by ARN or the id at its end; those that aren't there are left out. Bucket: resourceRead. */
  describeTasks(cluster: string, arns: readonly string[]): Promise<readonly ClusterTask[]>;
  /** At most 10, by name or ARN; those that aren't there are left out. Bucket: serviceRead. */
  describeServices(cluster: string, services: readonly string[]): Promise<readonly ClusterService[]>;
  /** ARNs of services, 100 a page. Bucket: serviceRead. */
  listServices(cluster: string, next?: string): Promise<ArnPage>;
  /** ECS starts or stops tasks until there are so many. Nothing else of the service changes. Bucket: serviceModify. */
  setDesiredCount(cluster: string, service: string, desiredCount: number): Promise<void>;
  /** Undefined when there is no such task definition. Bucket: definitionRead. */
  describeTaskDefinition(arn: string): Promise<TaskDefinitionFacts | undefined>;
  /** At most 100: which of them are protected from being stopped by scale-in and deployments. Bucket: protection. */
  protectedTasks(cluster: string, arns: readonly string[]): Promise<readonly ProtectedTask[]>;
  /** SIGTERM now, SIGKILL after the stop timeout. Stopping what has stopped or isn't there succeeds. Bucket: resourceModify. */
  stopTask(cluster: string, arn: string, reason: string): Promise<void>;
}

export interface ArnPage {
  readonly arns: readonly string[];
  /** Absent on the last page. */
  readonly next?: string;
}

export interface CallFailure {
  readonly arn: string;
  readonly reason: string;
}

export interface ClusterFacts {
  readonly clusterArn: string;
  readonly clusterName: string;
  /** Of all instances together. */
  readonly runningTasks: number;
  readonly pendingTasks: number;
  readonly instances: number;
  /** Capacity providers but for Fargate's. Where managed draining is on, ECS's own lifecycle hook drains their instances. */
  readonly capacityProviders: readonly string[];
}

export interface ContainerInstance {
  readonly containerInstanceArn: string;
  readonly instanceId: string;
  readonly status:
    | 'ACTIVE'
    | 'DRAINING'
    | 'REGISTERING'
    | 'DEREGISTERING'
    | 'REGISTRATION_FAILED'
    | 'INACTIVE';
  /** An agent that is disconnected for a while is normal. */
  readonly isAgentConnected: boolean;
  readonly runningTasks: number;
  readonly pendingTasks: number;
  readonly capacityProviderName: string | null;
  /** Higher is newer. */
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly registeredAtMillis: number;
  /** `m6i.large`; empty when it isn't an attribute. */
  readonly instanceType: string;
  readonly registered: InstanceRoom;
  /** What is left of it. */
  readonly remaining: InstanceRoom;
  /** By name; those without a value have an empty one. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Network interfaces in use by tasks in awsvpc mode. */
  readonly taskEnis: number;
}

/** Of an instance, as it registers with ECS. */
export interface InstanceRoom {
  /** 1,024 a vCPU. */
  readonly cpu: number;
  readonly memoryMib: number;
  readonly gpus: number;
  /** Host ports in use or reserved. */
  readonly tcpPorts: readonly number[];
  readonly udpPorts: readonly number[];
}

export interface ClusterTask {
  readonly taskArn: string;
  readonly containerInstanceArn: string | null;
  readonly taskDefinitionArn: string;
  /** `PROVISIONING`, `PENDING`, `ACTIVATING`, `RUNNING`, `DEACTIVATING`, `STOPPING`, `DEPROVISIONING`, `STOPPED`. */
  readonly lastStatus: string;
  readonly desiredStatus: string;
  /** When it stopped, by the cluster's own clock; absent until it has, or where that isn't said. */
  readonly stoppedAtMillis?: number;
  /** Of the service that owns the task; null for a task of its own. */
  readonly service: string | null;
  readonly startedBy: string | null;
  readonly version: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Where containers can be reached. Empty until they run. */
  readonly ports: readonly ContainerPort[];
  /** `service:web`, `family:report`. */
  readonly group: string;
  /** What it was placed with: 1,024 a vCPU, and MiB; 0 where it reserves none. */
  readonly cpu: number;
  readonly memoryMib: number;
}

export interface ContainerPort {
  readonly containerName: string;
  readonly containerPort: number;
  /** `instance`: bridge or host network, by the instance's id and the host's port; `ip`: awsvpc, by the task's own address. */
  readonly reach: 'instance' | 'ip';
  /** The host's port, or the container's for `ip`. */
  readonly port: number;
  /** The task's own address for `ip`; else the address that the port is bound to. */
  readonly address: string;
  readonly protocol: 'tcp' | 'udp';
}

export interface ClusterService {
  readonly serviceName: string;
  readonly serviceArn: string;
  readonly desiredCount: number;
  readonly runningCount: number;
  readonly pendingCount: number;
  readonly schedulingStrategy: 'REPLICA' | 'DAEMON';
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  /** Which port of which container is behind which target group. */
  readonly balancers: readonly ServiceBalancer[];
  readonly taskDefinitionArn: string;
  /** Tasks of an older deployment are still there, or the newest hasn't become steady yet. */
  readonly isDeploying: boolean;
  /** `memberOf` expressions. */
  readonly constraints: readonly string[];
  /** One task on an instance at most. */
  readonly isDistinct: boolean;
}

export interface ServiceBalancer {
  readonly targetGroupArn: string;
  readonly containerName: string;
  readonly containerPort: number;
}

export interface TaskDefinitionFacts {
  readonly taskDefinitionArn: string;
  readonly family: string;
  readonly networkMode: 'bridge' | 'host' | 'awsvpc' | 'none';
  /** The longest of its containers, from SIGTERM to SIGKILL; null when none says, and the agent's own setting counts (30 s unless changed). */
  readonly stopTimeoutSeconds: number | null;
  /** What a task of it reserves: 1,024 a vCPU, and MiB. */
  readonly cpu: number;
  readonly memoryMib: number;
  readonly gpus: number;
  /** Fixed host ports. */
  readonly tcpPorts: readonly number[];
  readonly udpPorts: readonly number[];
  /** `memberOf` expressions. */
  readonly constraints: readonly string[];
}

export interface ProtectedTask {
  readonly taskArn: string;
  /** Milliseconds since the epoch. */
  readonly untilMillis: number;
}

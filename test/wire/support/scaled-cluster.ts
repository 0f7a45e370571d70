import {
  DeregisterContainerInstanceCommand,
  RegisterTaskDefinitionCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import type { PoolFacts, PoolKind, PoolReference } from '../../../src/platform/ports/instance-pools.ts';
import type { InstanceUnderTest } from '../../contract/container-cluster.contract.ts';
import type { DrainedWorld } from './drained-world.ts';
import type { PoolWorld } from './pool-world.ts';

/** Two fit on an instance, as moto registers it (7,482 MiB). */
export const bigMib = 3_000;
const smallMib = 64;

/** A cluster on one pool, and what ECS and its agents do there without being asked. */
export class ScaledCluster {
  readonly kind: PoolKind;
  readonly name: string;
  readonly pool: PoolReference;
  readonly #ecs: DrainedWorld;
  readonly #world: PoolWorld;
  readonly #registered = new Map<string, InstanceUnderTest>();
  readonly #definitions: { readonly big: string; readonly small: string };

  private constructor(
    worlds: { readonly ecs: DrainedWorld; readonly pools: PoolWorld },
    cluster: Pick<ScaledCluster, 'name' | 'pool'>,
    definitions: { readonly big: string; readonly small: string },
  ) {
    this.#ecs = worlds.ecs;
    this.#world = worlds.pools;
    this.name = cluster.name;
    this.pool = cluster.pool;
    this.kind = cluster.pool.kind;
    this.#definitions = definitions;
  }

  static async open(
    worlds: { readonly ecs: DrainedWorld; readonly pools: PoolWorld },
    name: string,
    kind: PoolKind,
  ): Promise<ScaledCluster> {
    const pool = await worlds.pools.openPool(kind, { instances: 3 });
    const define = async (memory: number): Promise<string> => {
      const { taskDefinition } = await worlds.ecs.ecs.send(
        new RegisterTaskDefinitionCommand({
          family: worlds.ecs.name('shop'),
          containerDefinitions: [{ name: 'app', image: 'app', essential: true, memory, cpu: 10 }],
        }),
      );
      return taskDefinition?.taskDefinitionArn ?? '';
    };
    const definitions = { big: await define(bigMib), small: await define(smallMib) };
    return new ScaledCluster(worlds, { name, pool }, definitions);
  }

  async facts(): Promise<PoolFacts> {
    const [facts] = await this.#world.pools.describePools(this.kind, [this.pool.id]);
    if (facts === undefined) throw new Error(`${this.pool.id} is gone`);
    return facts;
  }

  /** EC2's ids, in the order in which they registered, then those that haven't. */
  async members(): Promise<readonly string[]> {
    const { members } = await this.facts();
    const all =
      members ??
      (this.kind === 'autoScalingGroup'
        ? []
        : (await this.#world.pools.listMembers(this.kind, this.pool.id)).members);
    const ids = all.map(({ instanceId }) => instanceId);
    const known = [...this.#registered.keys()].filter((id) => ids.includes(id));
    return [...known, ...ids.filter((id) => !this.#registered.has(id))];
  }

  /** Instances that have booted meanwhile. */
  async registerNew(): Promise<readonly string[]> {
    const booted = (await this.members()).filter((id) => !this.#registered.has(id));
    for (const id of booted) this.#registered.set(id, await this.#ecs.register(this.name, id));
    return booted;
  }

  /** ECS forgets an instance that EC2 has terminated. */
  async forget(instanceId: string): Promise<void> {
    const { containerInstanceArn } = this.#instance(instanceId);
    await this.#ecs.ecs.send(
      new DeregisterContainerInstanceCommand({
        cluster: this.name,
        containerInstance: containerInstanceArn,
        force: true,
      }),
    );
    this.#registered.delete(instanceId);
  }

  /** Tasks of the service `shop`. */
  async start(instanceId: string, size: 'big' | 'small', count = 1): Promise<readonly string[]> {
    const arns: string[] = [];
    for (let left = count; left > 0; left--)
      arns.push(
        await this.#ecs.startTask(this.name, this.#definitions[size], this.#instance(instanceId), {
          group: 'service:shop',
        }),
      );
    return arns;
  }

  async stop(task: string): Promise<void> {
    await this.#ecs.ecs.send(new StopTaskCommand({ cluster: this.name, task }));
  }

  stateOf(instanceId: string): Promise<string> {
    return this.#world.stateOf(instanceId);
  }

  #instance(instanceId: string): InstanceUnderTest {
    const instance = this.#registered.get(instanceId);
    if (instance === undefined) throw new RangeError(`${instanceId} is not registered`);
    return instance;
  }
}

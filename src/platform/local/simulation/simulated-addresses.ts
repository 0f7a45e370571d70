import { ClusterRefusedError } from '../../../errors.ts';
import type { InstanceAddresses } from '../../ports/instance-addresses.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** EC2's word on where the instances of a simulated cluster are reached; it fails never. */
export class SimulatedAddresses implements InstanceAddresses {
  readonly #world: SimulatedWorld;

  constructor(world: SimulatedWorld) {
    this.#world = world;
  }

  async privateAddresses(instanceIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (instanceIds.length > 100)
      throw new ClusterRefusedError(`a call takes at most 100 instances, not ${instanceIds.length}`);
    return new Map(
      instanceIds.flatMap((id) => {
        const instance = this.#world.state.instancesById.get(id);
        return instance === undefined || instance.goneAtMillis !== null ? [] : [[id, instance.address]];
      }),
    );
  }
}

import type { PoolFacts, PoolKind, PoolMemberFacts } from '../../ports/instance-pools.ts';
import type { Span } from './chance.ts';
import type { SimulatedSize } from './instance-size.ts';
import type { SimulatedInstance } from './simulated-instance.ts';

/** A group or a fleet, and what it launches: one type of instance. */
export interface PoolSetup {
  readonly kind: PoolKind;
  /** The group's name, or the id of the fleet or of the Spot Fleet request. */
  readonly id: string;
  /** There at the beginning, and its target then. */
  readonly instances: number;
  readonly size: SimulatedSize;
  /** Units that one instance is; 1 unless given. */
  readonly weight?: number;
  /** A group's own limits, in units; 0 and 1,000 unless given. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** From its launch until ECS's agent on an instance has registered. */
  readonly bootMillis?: Span;
  /** A group's lifecycle hook, which waits so long for an instance that is terminated; none unless given. */
  readonly hookSeconds?: number;
  /** Whether it replaces what is taken away; true unless given. */
  readonly isMaintained?: boolean;
}

interface Member {
  readonly instance: SimulatedInstance;
  state: PoolMemberFacts['state'];
  isProtected: boolean;
}

/** A pool as it truly is. */
export class SimulatedPool {
  readonly setup: PoolSetup;
  /** By the instance's id. */
  readonly members = new Map<string, Member>();
  targetUnits: number;
  /** Nothing is launched before: EC2 has no such capacity. */
  dryUntilMillis = 0;
  /** Whether it will look at its target in a moment. */
  isLooking = false;

  constructor(setup: PoolSetup) {
    this.setup = setup;
    this.targetUnits = setup.instances * (setup.weight ?? 1);
  }

  get weight(): number {
    return this.setup.weight ?? 1;
  }

  get isMaintained(): boolean {
    return this.setup.isMaintained ?? true;
  }

  get isGroup(): boolean {
    return this.setup.kind === 'autoScalingGroup';
  }

  get minimum(): number {
    return this.setup.minimum ?? 0;
  }

  get maximum(): number {
    return this.setup.maximum ?? 1_000;
  }

  /** Of members that aren't being terminated. */
  get unitsThere(): number {
    let units = 0;
    for (const { state } of this.members.values()) if (state !== 'ending') units += this.weight;
    return units;
  }

  add(instance: SimulatedInstance, state: Member['state']): void {
    this.members.set(instance.instanceId, { instance, state, isProtected: false });
  }

  /** In the order in which they were launched. */
  facts(): readonly PoolMemberFacts[] {
    return [...this.members.values()].map(({ instance, state, isProtected }) => ({
      instanceId: instance.instanceId,
      type: instance.size.type,
      state,
      isProtected,
    }));
  }

  describe(): PoolFacts {
    const { kind, id, size } = this.setup;
    return {
      kind,
      id,
      targetUnits: this.targetUnits,
      minimumUnits: this.isGroup ? this.minimum : null,
      maximumUnits: this.isGroup ? this.maximum : null,
      isMaintained: this.isMaintained,
      weights: this.weight === 1 ? {} : { [size.type]: this.weight },
      ...(this.isGroup ? { members: this.facts() } : {}),
    };
  }
}

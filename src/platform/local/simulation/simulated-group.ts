import type { BalancerGroup, BalancerTarget, TargetHealth } from '../../ports/balancer.ts';
import type { Stint } from './count-requests.ts';
import { RequestPhase } from './request-phase.ts';
import type { SimulatedTask } from './simulated-task.ts';
import type { GroupSetup } from './simulation-setup.ts';

/** A target that is registered, or drains. */
export interface Registration {
  readonly target: BalancerTarget;
  /** What answers there, if anything ever does. */
  readonly task: SimulatedTask | undefined;
  state: 'initial' | 'healthy' | 'unhealthy';
  drainingSinceMillis: number | null;
  /** While it gets requests. */
  stint: Stint | null;
  /** Grows when it is registered or deregistered, so that what was under way for an earlier turn is forgotten. */
  turn: number;
}

/** AWS's default. */
const usualDelaySeconds = 300;

export class SimulatedGroup {
  readonly setup: GroupSetup;
  readonly index: number;
  readonly facts: BalancerGroup;
  readonly phase: RequestPhase;
  /** By `<id>:<port>`. */
  readonly registrations = new Map<string, Registration>();
  /** All that ever were. */
  readonly stints: Stint[] = [];
  #active = 0;

  constructor(setup: GroupSetup, index: number, startMillis: number) {
    this.setup = setup;
    this.index = index;
    this.facts = {
      group: setup.name,
      targetType: setup.targetType ?? 'instance',
      deregistrationDelaySeconds: setup.deregistrationDelaySeconds ?? usualDelaySeconds,
      isInUse: setup.isInUse ?? true,
    };
    this.phase = new RequestPhase(setup.requestsPerSecond ?? 0, startMillis);
  }

  beginStint(registration: Registration, nowMillis: number): Stint | undefined {
    if (registration.stint !== null || registration.task === undefined || !this.facts.isInUse)
      return undefined;
    this.phase.setMembers(nowMillis, ++this.#active);
    const stint: Stint = {
      phase: this.phase,
      number: this.stints.length,
      group: this.index,
      fromMillis: nowMillis,
      untilMillis: null,
      cutAtMillis: null,
      serves: registration.task,
    };
    this.stints.push(stint);
    registration.stint = stint;
    return stint;
  }

  endStint(registration: Registration, nowMillis: number): void {
    if (registration.stint === null) return;
    registration.stint.untilMillis = nowMillis;
    registration.stint = null;
    this.phase.setMembers(nowMillis, --this.#active);
  }

  health(): readonly TargetHealth[] {
    return [...this.registrations.values()].map((registration) => ({
      ...registration.target,
      state: this.#state(registration),
    }));
  }

  #state({ state, drainingSinceMillis }: Registration): TargetHealth['state'] {
    if (!this.facts.isInUse) return 'unused';
    if (drainingSinceMillis === null) return state;
    return state === 'unhealthy' ? 'unhealthy.draining' : 'draining';
  }
}

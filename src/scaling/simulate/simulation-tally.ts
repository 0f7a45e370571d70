import type { ScalingAction } from '../scaling-decision.ts';
import { takesTasks } from './simulated-parts.ts';
import type { SimulatedWorld, WorldService } from './simulated-world.ts';
import type { SimulationResult, SimulationRow, SimulationTotals } from './simulation.ts';

const isOut = (action: ScalingAction): boolean =>
  (action.kind === 'setService' && action.to > action.from) ||
  (action.kind === 'setPool' && action.toUnits > action.fromUnits);

const isIn = (action: ScalingAction): boolean =>
  action.kind === 'beginDrain' ||
  (action.kind === 'setService' && action.to < action.from) ||
  (action.kind === 'setPool' && action.toUnits < action.fromUnits);

/** Instances are those of all services in each row already. */
const sumRows = (rows: readonly [SimulationRow, ...SimulationRow[]]): SimulationRow => {
  const sum = (of: (row: SimulationRow) => number): number => rows.reduce((total, row) => total + of(row), 0);
  return {
    ...rows[0],
    load: sum(({ load }) => load),
    dropped: sum(({ dropped }) => dropped),
    queued: sum(({ queued }) => queued),
    desired: sum(({ desired }) => desired),
    running: sum(({ running }) => running),
    capacity: sum(({ capacity }) => capacity),
  };
};

const rowOf = (
  { service, traffic }: WorldService,
  known: Pick<SimulationRow, 'second' | 'load' | 'dropped' | 'instances' | 'readyInstances'>,
): SimulationRow => ({
  ...known,
  queued: traffic.queued,
  desired: service.desired,
  running: service.serving,
  capacity: service.serving * service.setup.requestsPerSecondPerTask,
});

/** Lets requests flow, and counts: what came, what was served, what was paid for. */
export class SimulationTally {
  readonly #world: SimulatedWorld;
  readonly #byService: readonly SimulationRow[][];
  readonly #sums: SimulationRow[] = [];
  #taskSeconds = 0;
  #nodeSeconds = 0;
  #dollarSeconds = 0;

  constructor(world: SimulatedWorld) {
    this.#world = world;
    this.#byService = world.services.map(() => []);
  }

  /** The end of a second. */
  count(second: number): void {
    const { services, pools, setup } = this.#world;
    let instances = 0;
    let readyInstances = 0;
    for (const instance of pools ?? []) {
      instances++;
      if (takesTasks(instance)) readyInstances++;
      this.#dollarSeconds += instance.type.pricePerHourUsd ?? 0;
    }
    this.#nodeSeconds += instances;
    const own: SimulationRow[] = [];
    for (const [index, one] of services.entries()) {
      const flowed = this.#flow(one, second);
      if (setup.rows === 'none') continue;
      const row = rowOf(one, { second, instances, readyInstances, ...flowed });
      this.#byService[index]?.push(row);
      own.push(row);
    }
    // One service's row is the sum already.
    const [first, ...others] = own;
    if (first !== undefined) this.#sums.push(others.length === 0 ? first : sumRows([first, ...others]));
  }

  rows(): Pick<SimulationResult, 'rows' | 'byService'> {
    const { services } = this.#world;
    return {
      rows: this.#sums,
      byService: Object.fromEntries(
        services.map(({ service }, index) => [service.setup.service, this.#byService[index] ?? []]),
      ),
    };
  }

  totals(actions: readonly ScalingAction[]): SimulationTotals {
    const { services, pools } = this.#world;
    const sum = (of: (one: WorldService) => number): number =>
      services.reduce((total, one) => total + of(one), 0);
    return {
      requests: sum(({ traffic }) => traffic.sums.arrived),
      dropped: sum(({ traffic }) => traffic.dropped),
      worstDelaySeconds: Math.max(0, ...services.map(({ traffic }) => traffic.worstDelaySeconds)),
      taskHours: this.#taskSeconds / 3600,
      nodeHours: this.#nodeSeconds / 3600,
      costUsd: this.#dollarSeconds / 3600,
      outs: actions.filter(isOut).length,
      ins: actions.filter(isIn).length,
      interruptions: pools?.interruptions ?? 0,
    };
  }

  #flow({ service, traffic, log }: WorldService, second: number): { load: number; dropped: number } {
    const { setup, serving, tasks } = service;
    const load = setup.load(second);
    const dropped = traffic.flow(second, load, serving);
    log.measure(second, traffic.sums);
    this.#taskSeconds += tasks.size;
    if (this.#world.pools === null) this.#dollarSeconds += tasks.size * setup.pricePerTaskHourUsd;
    return { load, dropped };
  }
}

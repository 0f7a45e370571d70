import { aStorm } from '../../src/platform/local/simulation/a-storm.ts';
import type { SimulationSetup } from '../../src/platform/local/simulation/simulation-setup.ts';

/** So many instances get their spot warning in the same second; the others stay. */
export interface DrainStorm {
  readonly name: string;
  readonly leaving: number;
  readonly instances: number;
  readonly tasksPerInstance: number;
  /** A service behind a target group of its own each. */
  readonly groups: number;
  readonly deregistrationDelaySeconds: number;
  /** When no request takes longer than this: then nothing is gained by stopping tasks late. */
  readonly longestRequestMillis?: number;
  /** It takes half a minute of CPU for each seed, and seeds differ little. */
  readonly mostSeeds?: number;
}

export const drainStorms: readonly DrainStorm[] = [
  {
    name: '1 x 20',
    leaving: 1,
    instances: 20,
    tasksPerInstance: 20,
    groups: 10,
    deregistrationDelaySeconds: 30,
  },
  {
    name: '1 x 150',
    leaving: 1,
    instances: 4,
    tasksPerInstance: 150,
    groups: 30,
    deregistrationDelaySeconds: 30,
  },
  {
    name: '100 x 20',
    leaving: 100,
    instances: 200,
    tasksPerInstance: 20,
    groups: 25,
    deregistrationDelaySeconds: 30,
  },
  {
    name: '100 x 20, quick',
    leaving: 100,
    instances: 200,
    tasksPerInstance: 20,
    groups: 25,
    deregistrationDelaySeconds: 5,
    longestRequestMillis: 500,
  },
  {
    name: '500 x 20',
    leaving: 500,
    instances: 600,
    tasksPerInstance: 20,
    groups: 25,
    deregistrationDelaySeconds: 30,
    mostSeeds: 2,
  },
];

/** The same for each call, so that the minimum is exact: between the fast reads and the slow changes of ECS and ELBv2. */
export const callMillis = 150;

export const setupOf = (storm: DrainStorm, seed: number): SimulationSetup => {
  const setup = aStorm({ ...storm, seed });
  const { longestRequestMillis: longest } = storm;
  const durations = longest === undefined ? {} : { durations: [{ share: 1, millis: [0, longest] as const }] };
  const groups = setup.groups?.map((group) => ({ ...group, ...durations })) ?? [];
  return { ...setup, groups, latencyMillis: [callMillis, callMillis] };
};

/** Spread evenly over all instances, so that no service is on leaving ones only. */
export const pickLeaving = <Instance>(
  instances: readonly Instance[],
  leaving: number,
): readonly Instance[] => {
  const place = (nth: number): number => Math.floor((nth * instances.length) / leaving);
  const places = new Set(Array.from({ length: leaving }, (_, nth) => place(nth)));
  return instances.filter((_, index) => places.has(index));
};

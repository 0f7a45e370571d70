import type { SimulationSetup } from './simulation.ts';

const mostWorlds = 5;
/** Simulated in all, so that it takes seconds: what is that long meets ticks in every phase by itself. */
const mostSeconds = 2_000_000;

/** Irrational, so that instants are spread evenly over every interval, and over minutes, in which metrics come. */
const goldenShare = (Math.sqrt(5) - 1) / 2;

const later = ({ services, ...setup }: SimulationSetup, seconds: number): SimulationSetup => ({
  ...setup,
  seconds: setup.seconds + seconds,
  services: services.map((service) => ({
    ...service,
    load: (second) => service.load(Math.max(0, second - seconds)),
  })),
});

/**
 * The world and some like it, for what is compared: each with chances of its own, and with its load a little later. Else a
 * spike that comes right before a tick, or an instance that happens to stay, would decide.
 * @param longestInterval Between two ticks, in seconds, of all that are compared.
 * @param runs How many of them run in each world.
 */
export const otherWorlds = (
  setup: SimulationSetup,
  longestInterval: number,
  runs: number,
): readonly SimulationSetup[] => {
  const count = Math.max(1, Math.min(mostWorlds, Math.floor(mostSeconds / (setup.seconds * runs))));
  return Array.from({ length: count }, (_, index) =>
    later(
      { ...setup, seed: (setup.seed + index) % 2 ** 32 },
      Math.round(longestInterval * ((index * goldenShare) % 1)),
    ),
  );
};

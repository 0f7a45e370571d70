import { SimulatedWorld } from './simulated-world.ts';
import type { Simulate, SimulatedDecision, SimulationResult } from './simulation.ts';
import { SimulationTally } from './simulation-tally.ts';
import { takeSnapshot, withTasks } from './take-snapshot.ts';

/** Second by second: time passes, ticks decide, ECS schedules, requests flow. A tick sees what was at its second's beginning. */
export const simulate: Simulate = (setup, scaler) => {
  const world = new SimulatedWorld(setup, scaler.metrics);
  const tally = new SimulationTally(world);
  const decisions: SimulatedDecision[] = [];
  const actions: SimulationResult['actions'][number][] = [];
  for (let second = 0; second < setup.seconds; second++) {
    world.advance(second);
    if (second % scaler.everySeconds === 0) {
      const read = takeSnapshot(world, second);
      const decided = scaler.decide(withTasks(read, world, scaler.candidates?.(read) ?? []));
      for (const decision of decided.decisions) decisions.push({ second, decision });
      for (const action of decided.actions)
        if (world.carryOut(action, second)) actions.push({ second, action });
    }
    world.schedule(second);
    tally.count(second);
  }
  return {
    scaler: scaler.name,
    everySeconds: scaler.everySeconds,
    ...tally.rows(),
    totals: tally.totals(actions.map(({ action }) => action)),
    decisions,
    actions,
  };
};

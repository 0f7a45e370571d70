import type { Scenario } from './plan.ts';

/**
 * Which scenario an arrival plays, and its rank among that scenario's arrivals. A fixed interleaving whose period is
 * the sum of the weights, spread evenly by smooth weighted round-robin (as nginx's upstream module does), so the rank
 * of any arrival is O(1); the rank is the arrival's data row.
 */
export interface ScenarioMix {
  /** Index into the plan's scenarios. */
  scenarioOf(arrival: number): number;
  /** How many earlier arrivals play the same scenario. */
  rankOf(arrival: number): number;
  /** How many of the first `total` arrivals play a scenario. */
  countOf(scenario: number, total: number): number;
}

export const scenarioMix = (scenarios: readonly Pick<Scenario, 'weight'>[]): ScenarioMix => {
  const weights = scenarios.map((scenario) => scenario.weight);
  const period = weights.reduce((sum, weight) => sum + weight, 0);
  const slots = new Uint32Array(period);
  const ranks = new Uint32Array(period);
  const credit = weights.map(() => 0);
  const dealt = weights.map(() => 0);
  for (let slot = 0; slot < period; slot++) {
    let chosen = 0;
    for (let i = 0; i < weights.length; i++) {
      credit[i] = (credit[i] as number) + (weights[i] as number);
      if ((credit[i] as number) > (credit[chosen] as number)) chosen = i;
    }
    credit[chosen] = (credit[chosen] as number) - period;
    slots[slot] = chosen;
    ranks[slot] = dealt[chosen] as number;
    dealt[chosen] = (dealt[chosen] as number) + 1;
  }
  return {
    scenarioOf: (arrival) => slots[arrival % period] as number,
    rankOf(arrival) {
      const slot = arrival % period;
      return (
        Math.floor(arrival / period) * (weights[slots[slot] as number] as number) + (ranks[slot] as number)
      );
    },
    countOf(scenario, total) {
      const whole = Math.floor(total / period) * (weights[scenario] as number);
      let rest = 0;
      for (let slot = 0; slot < total % period; slot++) if (slots[slot] === scenario) rest++;
      return whole + rest;
    },
  };
};

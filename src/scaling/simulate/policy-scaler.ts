import { planCandidates } from '../capacity/plan-candidates.ts';
import { decideTick } from '../decide-tick.ts';
import { newMemory } from '../scaling-memory.ts';
import type { PolicyScaler } from './simulation.ts';

export const policyScaler: PolicyScaler = (policy, name = 'policy') => {
  const tried = { ...policy, paused: false, dryRun: false };
  let memory = newMemory(policy.cluster);
  return {
    name,
    everySeconds: policy.everySeconds,
    metrics: Object.fromEntries(
      policy.services.map(({ service, rules }) => [service, rules.map(({ metric }) => metric)]),
    ),
    candidates: (snapshot) => planCandidates(snapshot, tried, memory),
    decide(snapshot) {
      const decided = decideTick(snapshot, tried, memory);
      ({ memory } = decided);
      return decided;
    },
  };
};

import type { CapacityFacts } from '../../src/platform/ports/capacity-survey.ts';

/** What a roomy account could say of itself. */
export const someFacts = (overrides: Partial<CapacityFacts> = {}): CapacityFacts => ({
  worker: { vcpu: 2, memoryGib: 4 },
  price: { onDemandPerHourUsd: 0.08, spotPerHourUsd: 0.04, minimumSeconds: 60 },
  vcpus: {
    onDemand: { quota: 10_000, inUse: 10, name: 'Fargate On-Demand vCPU resource count (L-3032A538)' },
    spot: { quota: 10_000, inUse: 10, name: 'Fargate Spot vCPU resource count (L-36FBB829)' },
  },
  freeAddresses: 5000,
  image: { kind: 'found', reference: 'registry/worker:1' },
  launch: { burst: 100, perSecond: 20 },
  spot: { share: 0, fallback: 'wait' },
  unknowns: [],
  ...overrides,
});

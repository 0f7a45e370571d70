import { availableParallelism, totalmem } from 'node:os';
import type { CapacitySurvey } from '../ports/capacity-survey.ts';

/** This machine: its workers share it, cost nothing and start at once. */
export const localSurvey: CapacitySurvey = {
  async survey() {
    return {
      worker: { vcpu: availableParallelism(), memoryGib: Math.round(totalmem() / 2 ** 30) },
      price: null,
      vcpus: { onDemand: null, spot: null },
      freeAddresses: null,
      image: { kind: 'found', reference: 'this machine' },
      launch: null,
      spot: { share: 0, fallback: 'wait' },
      unknowns: [],
    };
  },
};

import { describeObjectStoreContract } from '../contract/object-store.contract.ts';
import { describeWorkerFleetContract } from '../contract/worker-fleet.contract.ts';
import { MemoryStore, PaperFleet } from './builders.ts';

describeObjectStoreContract('memory, for tests', async () => ({
  store: new MemoryStore(),
  close: async () => undefined,
}));

describeWorkerFleetContract('paper, for tests', async () => {
  const fleet = new PaperFleet();
  return {
    fleet,
    kill: async ({ workerId }) => fleet.kill(workerId, 'SIGKILL'),
    close: async () => undefined,
  };
});

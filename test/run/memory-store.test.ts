import { describeObjectStoreContract } from '../contract/object-store.contract.ts';
import { MemoryStore } from './builders.ts';

describeObjectStoreContract('memory, for tests', async () => ({ store: new MemoryStore(), close: async () => undefined }));

import { describeDrainApiContract } from '../../contract/drain-api.contract.ts';
import { aDirectDrainApi } from '../support/drain-api-under-test.ts';

describeDrainApiContract('direct', async () => ({ ...aDirectDrainApi(), close: () => Promise.resolve() }));

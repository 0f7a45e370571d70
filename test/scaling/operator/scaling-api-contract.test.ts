import { aDirectScalingApi, describeScalingApiContract } from '../../contract/scaling-api.contract.ts';

describeScalingApiContract('direct', async () => ({
  ...aDirectScalingApi(),
  close: () => Promise.resolve(),
}));

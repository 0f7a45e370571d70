import { describeInstanceAddressesContract } from '../../../contract/instance-addresses.contract.ts';
import { aCluster, item } from './a-cluster.ts';

describeInstanceAddressesContract('simulated', async () => {
  const { addresses, instances } = aCluster({ instances: 3 });
  const ids = instances().map(({ instanceId }) => instanceId);
  return {
    addresses,
    instanceIds: [item(ids, 0), item(ids, 1), item(ids, 2)],
    missingId: 'i-0123456789abcdef0',
    close: async () => undefined,
  };
});

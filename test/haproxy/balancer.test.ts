import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHaproxyBalancer } from '../../src/platform/haproxy/haproxy-balancer.ts';
import { createRuntimeApi } from '../../src/platform/haproxy/runtime-api.ts';
import { FolderStore } from '../../src/platform/local/folder-store.ts';
import { describeBalancerContract, type GroupUnderTest } from '../contract/balancer.contract.ts';
import { startHaproxy } from './support/real-haproxy.ts';

const listen = (): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer((_, response) => response.end('ok'));
    server.listen(0, '127.0.0.1', () => resolve(server));
  });

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

describeBalancerContract('HAProxy', async () => {
  const haproxy = await startHaproxy(['web', 'api']);
  const folder = await mkdtemp(join(tmpdir(), 'stormdrain-balancer-'));
  const servers = await Promise.all([listen(), listen(), listen()]);
  const [one, two, three] = servers.map((server) => ({ id: '127.0.0.1', port: portOf(server) }));
  if (one === undefined || two === undefined || three === undefined)
    throw new Error('three servers are needed');
  const backends = ['web', 'api'];
  return {
    balancer: createHaproxyBalancer({
      api: createRuntimeApi({ address: haproxy.socket }),
      store: new FolderStore(folder),
      nowMillis: Date.now,
      deregistrationDelaySeconds: 30,
    }),
    openGroup: async (): Promise<GroupUnderTest> => ({
      group: `haproxy:${backends.shift()}`,
      targetType: 'ip',
      deregistrationDelaySeconds: 30,
      targets: [one, two, three],
    }),
    missingGroup: 'haproxy:nowhere',
    pause: async (millis) => {
      await sleep(millis);
    },
    close: async () => {
      await haproxy.close();
      for (const server of servers) server.close();
      for (const server of servers) server.closeAllConnections();
      await rm(folder, { recursive: true, force: true });
    },
  };
});

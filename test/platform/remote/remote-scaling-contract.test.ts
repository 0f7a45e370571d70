import { serveApi } from '../../../src/api/http-server.ts';
import { addressGuard } from '../../../src/plan/allowed-targets.ts';
import { serverUploadTickets } from '../../../src/platform/local/server-upload-tickets.ts';
import { memoryStore, recordingDrains, recordingRuns } from '../../api/builders.ts';
import { aDirectScalingApi, describeScalingApiContract } from '../../contract/scaling-api.contract.ts';
import { remoteAt } from './stack-server.ts';

/** The command line's side of a stack against the real routes, over HTTP. */
describeScalingApiContract('remote', async () => {
  const direct = aDirectScalingApi();
  const server = await serveApi({
    port: 0,
    portsAt: (url) => ({
      runs: recordingRuns(),
      store: memoryStore(),
      uploads: serverUploadTickets(url, () => 0),
      guard: addressGuard([]),
      drains: recordingDrains(),
      scaling: direct.api,
    }),
    report: (error) => {
      throw error;
    },
  });
  return { ...direct, api: remoteAt(server.url).scaling, close: () => server.close() };
});

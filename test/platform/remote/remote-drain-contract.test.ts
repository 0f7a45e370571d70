import { serveApi } from '../../../src/api/http-server.ts';
import { addressGuard } from '../../../src/plan/allowed-targets.ts';
import { serverUploadTickets } from '../../../src/platform/local/server-upload-tickets.ts';
import { memoryStore, recordingRuns } from '../../api/builders.ts';
import { describeDrainApiContract } from '../../contract/drain-api.contract.ts';
import { aDirectDrainApi } from '../../drain/support/drain-api-under-test.ts';
import { remoteAt } from './stack-server.ts';

/** The command line's side of a stack against the real routes, over HTTP. */
describeDrainApiContract('remote', async () => {
  const direct = aDirectDrainApi();
  const server = await serveApi({
    port: 0,
    portsAt: (url) => ({
      runs: recordingRuns(),
      store: memoryStore(),
      uploads: serverUploadTickets(url, () => 0),
      guard: addressGuard([]),
      drains: direct.api,
    }),
    report: (error) => {
      throw error;
    },
  });
  return { drains: direct.drains, api: remoteAt(server.url).drains, close: () => server.close() };
});

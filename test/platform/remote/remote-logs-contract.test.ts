import { serveApi } from '../../../src/api/http-server.ts';
import { addressGuard } from '../../../src/plan/allowed-targets.ts';
import { serverUploadTickets } from '../../../src/platform/local/server-upload-tickets.ts';
import { memoryStore, recordingDrains, recordingRuns } from '../../api/builders.ts';
import { aFolderOfLogs, describeLogsApiContract } from '../../contract/logs-api.contract.ts';
import { remoteAt } from './stack-server.ts';

/** The command line's side of a stack against the real routes, over HTTP. */
describeLogsApiContract('remote', async () => {
  const folder = await aFolderOfLogs();
  const server = await serveApi({
    port: 0,
    portsAt: (url) => ({
      runs: recordingRuns(),
      store: memoryStore(),
      uploads: serverUploadTickets(url, () => 0),
      guard: addressGuard([]),
      drains: recordingDrains(),
      logs: folder.api,
    }),
    report: (error) => {
      throw error;
    },
  });
  return {
    api: remoteAt(server.url).logs,
    async close() {
      await server.close();
      await folder.close();
    },
  };
});

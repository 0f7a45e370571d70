import { logsRoutes } from '../src/api/logs-routes.ts';
import { DirectLogsApi } from '../src/logs/asking/direct-logs-api.ts';
import { logsApiPlatform } from '../src/platform/aws/logs-platform.ts';
import { apiHandler } from './api-handler.ts';

let logs: DirectLogsApi | undefined;

/** The routes that ask logs and results. */
export const handler = apiHandler(logsRoutes, () => {
  const { ports, settings } = logsApiPlatform();
  // One for all requests: it keeps the names of tables for a moment.
  logs ??= new DirectLogsApi(ports, settings);
  return { logs };
});

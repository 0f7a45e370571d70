import type { LogsApi } from '../../src/platform/ports/logs-api.ts';

/** A logs API of functions that a test may replace; what isn't replaced must not be called. */
export const aLogsApi = (overrides: Partial<LogsApi> = {}): LogsApi => {
  const unexpected = (name: string) => () => Promise.reject(new Error(`${name} was not expected`));
  return {
    ask: unexpected('ask'),
    select: unexpected('select'),
    look: unexpected('look'),
    cancel: unexpected('cancel'),
    tables: unexpected('tables'),
    updateCatalog: unexpected('updateCatalog'),
    ...overrides,
  };
};

import type { ObjectStore } from '../ports/object-store.ts';
import { addressOf, parseBackend, serverName } from './server-name.ts';
import { defaultServerOptions } from './server-options.ts';
import { readWished } from './wished-store.ts';

/**
 * The lines that a backend of the configuration needs for a reload in which no request finds the backend empty: one
 * `server` for each that is registered now. A reload without them is repaired a moment later, by `repair`.
 */
export const formatServers = async (
  store: ObjectStore,
  group: string,
  serverOptions: string = defaultServerOptions,
): Promise<string> => {
  const document = await readWished(store, parseBackend(group));
  return Object.values(document.servers)
    .filter(({ drainingSinceMillis }) => drainingSinceMillis === undefined)
    .map((server) => `  server ${serverName(server)} ${addressOf(server)} ${serverOptions}\n`)
    .join('');
};

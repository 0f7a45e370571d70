import { readJson, updateJson } from '../../store/stored-json.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { type WishedServers, wishedKey, wishedPrefix, wishedServers } from './wished-servers.ts';

const none = (backend: string): WishedServers => ({ version: 1, backend, servers: {} });

export const readWished = async (store: ObjectStore, backend: string): Promise<WishedServers> =>
  (await readJson(store, wishedKey(backend), wishedServers))?.value ?? none(backend);

/** Backends that there is a document of. */
export const listWished = async (store: ObjectStore): Promise<readonly string[]> => {
  const backends: string[] = [];
  for await (const key of store.list(wishedPrefix)) {
    if (key.endsWith('.json')) backends.push(key.slice(wishedPrefix.length, -'.json'.length));
  }
  return backends;
};

/** Compare-and-set; nothing is written when `change` gives back what it was given. */
export const changeWished = async (
  store: ObjectStore,
  backend: string,
  change: (before: WishedServers) => WishedServers,
): Promise<void> => {
  await updateJson(store, wishedKey(backend), wishedServers, (before) => {
    const document = before ?? none(backend);
    const changed = change(document);
    return changed === document ? undefined : changed;
  });
};

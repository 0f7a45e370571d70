import { gunzipSync } from 'node:zlib';
import type { LogRecord } from '../../../src/logs/layout/log-record.ts';
import type { ObjectStore } from '../../../src/platform/ports/object-store.ts';

/** All records below a prefix, object after object. */
export const recordsOf = async (
  store: ObjectStore,
  prefix = 'logs/',
): Promise<(LogRecord & Record<string, string>)[]> => {
  const records: (LogRecord & Record<string, string>)[] = [];
  for await (const key of store.list(prefix)) {
    const got = await store.get(key);
    const text = got.kind === 'found' ? gunzipSync(got.body).toString() : '';
    records.push(
      ...text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
  }
  return records;
};

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jsonLinesEvents } from '../../../src/platform/local/json-lines-events.ts';
import { describeEventSinkContract } from '../../contract/event-sink.contract.ts';

const openIn = async (...path: readonly string[]) => {
  const folder = await mkdtemp(join(tmpdir(), 'stormdrain-events-'));
  await writeFile(join(folder, 'file'), '');
  const file = join(folder, ...path);
  return {
    sink: jsonLinesEvents(file),
    told: async () =>
      (await readFile(file, 'utf8'))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
    close: () => rm(folder, { recursive: true, force: true }),
  };
};

describeEventSinkContract(
  'a file of JSON lines',
  () => openIn('events', 'all.jsonl'),
  () => openIn('file', 'all.jsonl'),
);

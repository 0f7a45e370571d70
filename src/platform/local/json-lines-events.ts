import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { EventSink } from '../ports/event-sink.ts';

/** Tells events as lines of JSON in a file. A file that can't be written must not fail a run. */
export const jsonLinesEvents = (path: string): EventSink => ({
  async tell(event) {
    try {
      await mkdir(dirname(path), { recursive: true });
      await appendFile(path, `${JSON.stringify(event)}\n`);
    } catch (error) {
      process.emitWarning(`The event ${event.type} could not be written to ${path}: ${String(error)}`);
    }
  },
});

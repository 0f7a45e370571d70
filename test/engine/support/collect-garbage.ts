import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes that can be reached: on the heap, and of buffers and long strings beside it. */
export const bytesHeld = async (): Promise<{ readonly heap: number; readonly beside: number }> => {
  // What lies beside the heap is freed beside the collection, and what held it a turn later.
  for (let i = 0; i < 3; i++) {
    collect();
    await turn();
  }
  const { heapUsed, external } = process.memoryUsage();
  return { heap: heapUsed, beside: external };
};

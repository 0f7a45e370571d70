import type { Engine } from './engine.ts';
import { NativeRun } from './native-run.ts';

/** The load engine of its own: HTTP/1.1 and HTTP/2 over plain or TLS sockets, open and closed model. */
export const nativeEngine: Engine = {
  name: 'native',
  promises: { openModel: true, closedModel: true, exactArrivals: true },
  start: (shard, clock, sink) => new NativeRun(shard, clock, sink),
};

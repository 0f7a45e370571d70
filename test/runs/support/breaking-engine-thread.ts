import { nativeEngine } from '../../../src/engine/native-engine.ts';
import { serveEngineThread } from '../../../src/worker/engine-thread.ts';

/** The second engine of a shard's first worker breaks in the middle of the run; nobody else does. */
await serveEngineThread({
  ...nativeEngine,
  start(shard, clock, sink) {
    if (shard.lane.index === 1 && shard.fromMicros === 0) {
      setTimeout(() => {
        throw new Error('the engine broke');
      }, 1500);
    }
    return nativeEngine.start(shard, clock, sink);
  },
});

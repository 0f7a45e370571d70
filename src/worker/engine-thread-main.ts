import { nativeEngine } from '../engine/native-engine.ts';
import { serveEngineThread } from './engine-thread.ts';

/** The entry of a thread with an engine of its own. */
await serveEngineThread(nativeEngine);

import { nativeEngine } from '../../src/engine/native-engine.ts';
import { describeEngineContract } from '../contract/engine.contract.ts';

describeEngineContract('native', nativeEngine);
describeEngineContract('native', nativeEngine, 2);

import { describeRunApiContract } from '../contract/run-api.contract.ts';
import { aDirectRunApi } from './run-api-under-test.ts';

describeRunApiContract('direct', () => Promise.resolve(aDirectRunApi()));

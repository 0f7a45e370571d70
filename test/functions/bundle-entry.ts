export * as errors from '../../src/errors.ts';
export { stateFunctions } from '../../src/cli/state-machine.ts';

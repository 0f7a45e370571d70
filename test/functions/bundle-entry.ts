export { runStatesByName } from '../../src/cli/state-machine.ts';
export * as errors from '../../src/errors.ts';

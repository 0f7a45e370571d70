import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../src/cli/exit-code.ts';
import {
  BadInputError,
  DocumentInvalidError,
  FleetUnavailableError,
  PlanInvalidError,
  RunAlreadyEndedError,
  RunNotFoundError,
  RunNotPlannedError,
  StoreConflictError,
  StoreUnavailableError,
  TargetNotAllowedError,
  WorkersLostError,
  WorkersNotReadyError,
} from '../../src/errors.ts';
import type { Outcome } from '../../src/stats/decide-verdict.ts';
import { aSummary } from './builders.ts';

const run = (outcome: Outcome, reasons: readonly string[] = []) =>
  exitCodeOf({ kind: 'run', summary: { outcome, verdict: { ...aSummary().verdict, reasons } } });

describe('the exit code', () => {
  it.each([
    ['passed', 0],
    ['failed', 1],
    ['invalid', 1],
    ['stopped', 130],
    ['error', 70],
  ] as const)('of a run that %s is %i', (outcome, code) => {
    expect(run(outcome)).toBe(code);
  });

  it('of a drain that missed something is that of a missed threshold', () => {
    expect(exitCodeOf({ kind: 'missed' })).toBe(1);
  });

  it.each(['WorkersNotReady', 'WorkersLost', 'FleetUnavailable', 'StoreUnavailable'])(
    'of a run ended by %s says to try again later',
    (name) => {
      expect(run('error', [`${name}: 1 of 2 workers reported ready within 30 s`])).toBe(75);
    },
  );

  it.each(['PlanInvalid', 'TargetNotAllowed'])(
    'of a run that %s ended is that of a mistake in the plan',
    (name) => {
      expect(run('error', [`${name}: the certificates of tls can't be used`])).toBe(2);
    },
  );

  it('of a run ended by anything else is a bug', () => {
    expect(run('error', ['TypeError: x is not a function'])).toBe(70);
    expect(run('error', ['DocumentInvalid: control.json'])).toBe(70);
    expect(run('error', ['toString: not a name of ours'])).toBe(70);
  });

  it.each([
    [new PlanInvalidError(''), 2],
    [new TargetNotAllowedError(''), 2],
    [new RunNotFoundError(''), 2],
    [new RunAlreadyEndedError(''), 2],
    [new BadInputError(''), 2],
    [new RunNotPlannedError(''), 75],
    [new WorkersNotReadyError(''), 75],
    [new WorkersLostError(''), 75],
    [new FleetUnavailableError(''), 75],
    [new StoreUnavailableError(''), 75],
    [new StoreConflictError(''), 75],
    [new DocumentInvalidError(''), 70],
    [new TypeError(''), 70],
    ['thrown text', 70],
    [new CommanderError(1, 'commander.unknownOption', ''), 2],
    [new CommanderError(0, 'commander.helpDisplayed', ''), 0],
  ])('of %o is %i', (error, code) => {
    expect(exitCodeOf({ kind: 'error', error })).toBe(code);
  });

  it('is 2 for a refused plan, 130 for an interrupt, 0 for a command that did its work', () => {
    expect(exitCodeOf({ kind: 'refused' })).toBe(2);
    expect(exitCodeOf({ kind: 'interrupted' })).toBe(130);
    expect(exitCodeOf({ kind: 'done' })).toBe(0);
  });
});

import { CommanderError } from 'commander';
import type { StormdrainErrorName } from '../errors.ts';
import type { RunSummary } from '../run/summary.ts';

/** Passed. */
const exitPassed = 0;
/** Thresholds missed, numbers that are not to be trusted, a drain that missed something. */
const exitMissed = 1;
/** What was typed or written can't be carried out. */
const exitBadInput = 2;
/** A bug; sysexits.h EX_SOFTWARE. */
const exitBug = 70;
/** The same command may work later; sysexits.h EX_TEMPFAIL. */
const exitTryAgain = 75;
/** Interrupted or stopped; what a shell reports for a process that SIGINT ended. */
const exitInterrupted = 130;

const exitCodeOfName: Readonly<Record<StormdrainErrorName, number>> = {
  PlanInvalid: exitBadInput,
  TargetNotAllowed: exitBadInput,
  RunNotFound: exitBadInput,
  RunAlreadyEnded: exitBadInput,
  BadInput: exitBadInput,
  RunNotPlanned: exitTryAgain,
  WorkersNotReady: exitTryAgain,
  WorkersLost: exitTryAgain,
  FleetUnavailable: exitTryAgain,
  StoreUnavailable: exitTryAgain,
  StoreConflict: exitTryAgain,
  DocumentInvalid: exitBug,
  FleetRefused: exitTryAgain,
  WorkflowUnavailable: exitTryAgain,
  ServiceUnavailable: exitTryAgain,
  IdempotencyConflict: exitBadInput,
  PlanRefused: exitBadInput,
  NotAllowed: exitBadInput,
  PlatformRefused: exitTryAgain,
  CallThrottled: exitTryAgain,
  ClusterUnavailable: exitTryAgain,
  ClusterRefused: exitTryAgain,
  BalancerUnavailable: exitTryAgain,
  BalancerRefused: exitTryAgain,
  CapacityUnavailable: exitTryAgain,
  CapacityRefused: exitTryAgain,
  MetricsUnavailable: exitTryAgain,
  MetricsRefused: exitTryAgain,
  PolicyRefused: exitBadInput,
  PolicyNotFound: exitBadInput,
  CatalogUnavailable: exitTryAgain,
  CatalogRefused: exitTryAgain,
  SqlUnavailable: exitTryAgain,
  SqlRefused: exitTryAgain,
  QueryInvalid: exitBadInput,
  QueryNotFound: exitBadInput,
  LogTableNotFound: exitBadInput,
  DrainNotFound: exitBadInput,
  DrainAlreadyEnded: exitBadInput,
};

const codeOfName = (name: string): number | undefined =>
  Object.hasOwn(exitCodeOfName, name) ? exitCodeOfName[name as StormdrainErrorName] : undefined;

/** True for errors of the family in errors.ts, whose messages say by themselves what to do. */
export const isExpectedError = (error: unknown): error is Error =>
  error instanceof Error && codeOfName(error.name) !== undefined;

/** How a command came to its end. */
export type Ending =
  | { readonly kind: 'done' }
  | { readonly kind: 'run'; readonly summary: Pick<RunSummary, 'outcome' | 'verdict'> }
  | { readonly kind: 'missed' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'error'; readonly error: unknown };

/** A run that could not be carried out gives `<error name>: <cause>` as its first reason. */
const exitCodeOfReasons = (reasons: readonly string[]): number => {
  const code = codeOfName((reasons[0] ?? '').split(':', 1)[0] as string);
  return code ?? exitBug;
};

export const exitCodeOf = (ending: Ending): number => {
  switch (ending.kind) {
    case 'done':
      return exitPassed;
    case 'missed':
      return exitMissed;
    case 'refused':
      return exitBadInput;
    case 'interrupted':
      return exitInterrupted;
    case 'run':
      return exitCodeOfRun(ending.summary);
    case 'error':
      if (ending.error instanceof CommanderError)
        return ending.error.exitCode === 0 ? exitPassed : exitBadInput;
      return (ending.error instanceof Error ? codeOfName(ending.error.name) : undefined) ?? exitBug;
  }
};

const exitCodeOfRun = ({ outcome, verdict }: Pick<RunSummary, 'outcome' | 'verdict'>): number => {
  switch (outcome) {
    case 'passed':
      return exitPassed;
    case 'failed':
    case 'invalid':
      return exitMissed;
    case 'stopped':
      return exitInterrupted;
    case 'error':
      return exitCodeOfReasons(verdict.reasons);
  }
};

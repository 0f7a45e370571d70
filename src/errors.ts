/**
 * The error family. Each error has a literal `name`, because the state machines match on names and a minifier
 * renames classes; the names are therefore a contract (see test/errors.test.ts). Messages say what to do next.
 */
export type StormdrainErrorName =
  | 'PlanInvalid'
  | 'TargetNotAllowed'
  | 'RunNotFound'
  | 'RunAlreadyEnded'
  | 'RunNotPlanned'
  | 'WorkersNotReady'
  | 'WorkersLost'
  | 'FleetUnavailable'
  | 'StoreUnavailable'
  | 'StoreConflict'
  | 'DocumentInvalid'
  | 'PlatformMissing'
  | 'BadInput';

abstract class StormdrainError extends Error {
  abstract override readonly name: StormdrainErrorName;
}

/** The plan, or data it names, can't be run as written. Nothing was started. */
export class PlanInvalidError extends StormdrainError {
  override readonly name = 'PlanInvalid';
}

/** The target isn't loopback and isn't listed in `allowedTargets`, or is an address that is never allowed. */
export class TargetNotAllowedError extends StormdrainError {
  override readonly name = 'TargetNotAllowed';
}

/** No run with this id is in the object store. */
export class RunNotFoundError extends StormdrainError {
  override readonly name = 'RunNotFound';
}

/** A command came for a run that is over; nothing was changed. */
export class RunAlreadyEndedError extends StormdrainError {
  override readonly name = 'RunAlreadyEnded';
}

/** A command came before the run was planned; nothing was changed, and it can be tried again in a moment. */
export class RunNotPlannedError extends StormdrainError {
  override readonly name = 'RunNotPlanned';
}

/** Workers were launched but did not all report ready within the plan's `workers.readyTimeout`. */
export class WorkersNotReadyError extends StormdrainError {
  override readonly name = 'WorkersNotReady';
}

/** A shard lost its worker more often than it may be replaced. */
export class WorkersLostError extends StormdrainError {
  override readonly name = 'WorkersLost';
}

/** The worker fleet refused or failed a call in a way that may pass: retried by the state machine. */
export class FleetUnavailableError extends StormdrainError {
  override readonly name = 'FleetUnavailable';
}

/** The object store failed in a way that may pass: retried by the state machine. */
export class StoreUnavailableError extends StormdrainError {
  override readonly name = 'StoreUnavailable';
}

/** A document changed under a compare-and-set more often than the bounded retries allow. */
export class StoreConflictError extends StormdrainError {
  override readonly name = 'StoreConflict';
}

/** A stored document or a state's input doesn't have the shape that this version reads. */
export class DocumentInvalidError extends StormdrainError {
  override readonly name = 'DocumentInvalid';
}

/** A handler was invoked without a platform to run on. */
export class PlatformMissingError extends StormdrainError {
  override readonly name = 'PlatformMissing';
}

/** What the user typed can't be carried out: a wrong flag, an unreadable file, an unknown id. */
export class BadInputError extends StormdrainError {
  override readonly name = 'BadInput';
}

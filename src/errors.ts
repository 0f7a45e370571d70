import type { DocumentProblem } from './document/document-problem.ts';

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
  | 'BadInput'
  | 'FleetRefused'
  | 'WorkflowUnavailable'
  | 'ServiceUnavailable'
  | 'IdempotencyConflict'
  | 'PlanRefused'
  | 'NotAllowed'
  | 'PlatformRefused'
  | 'CallThrottled'
  | 'ClusterUnavailable'
  | 'ClusterRefused'
  | 'BalancerUnavailable'
  | 'BalancerRefused'
  | 'CapacityUnavailable'
  | 'CapacityRefused'
  | 'MetricsUnavailable'
  | 'MetricsRefused'
  | 'PolicyRefused'
  | 'PolicyNotFound'
  | 'CatalogUnavailable'
  | 'CatalogRefused'
  | 'SqlUnavailable'
  | 'SqlRefused'
  | 'QueryInvalid'
  | 'QueryNotFound'
  | 'LogTableNotFound'
  | 'DrainNotFound'
  | 'DrainAlreadyEnded';

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

/** What the user typed can't be carried out: a wrong flag, an unreadable file, an unknown id. */
export class BadInputError extends StormdrainError {
  override readonly name = 'BadInput';
}

/** The worker fleet can't start workers as asked, now or later; or the plan says that no spot capacity is to end the run. */
export class FleetRefusedError extends StormdrainError {
  override readonly name = 'FleetRefused';
}

/** The workflow engine failed a call in a way that may pass. */
export class WorkflowUnavailableError extends StormdrainError {
  override readonly name = 'WorkflowUnavailable';
}

/** A stack, or a service that it stands on, does not answer or asks to be left alone for a moment. */
export class ServiceUnavailableError extends StormdrainError {
  override readonly name = 'ServiceUnavailable';
}

/** An idempotency key was used before, with another request. Nothing was started. */
export class IdempotencyConflictError extends StormdrainError {
  override readonly name = 'IdempotencyConflict';
}

/** A stack refused a plan; `problems` are placed in the document. Nothing was started. */
export class PlanRefusedError extends StormdrainError {
  override readonly name = 'PlanRefused';
  readonly problems: readonly DocumentProblem[];

  constructor(message: string, problems: readonly DocumentProblem[] = [], options?: ErrorOptions) {
    super(message, options);
    this.problems = problems;
  }
}

/** A stack does not let this caller in. */
export class NotAllowedError extends StormdrainError {
  override readonly name = 'NotAllowed';
}

/** The platform refuses a call and will refuse it again: a right, a resource or a setting of the deployment is missing or wrong. */
export class PlatformRefusedError extends StormdrainError {
  override readonly name = 'PlatformRefused';
}

/** A call was refused because too many are made: the same call succeeds a little later. */
export class CallThrottledError extends StormdrainError {
  override readonly name = 'CallThrottled';
}

/** The container cluster failed a call in a way that may pass. */
export class ClusterUnavailableError extends StormdrainError {
  override readonly name = 'ClusterUnavailable';
}

/** The container cluster refuses a call and will refuse it again. */
export class ClusterRefusedError extends StormdrainError {
  override readonly name = 'ClusterRefused';
}

/** The balancer failed a call in a way that may pass. */
export class BalancerUnavailableError extends StormdrainError {
  override readonly name = 'BalancerUnavailable';
}

/** The balancer refuses a call and will refuse it again: no such group, or a target that it can't take. */
export class BalancerRefusedError extends StormdrainError {
  override readonly name = 'BalancerRefused';
}

/** The capacity pool failed a call in a way that may pass. */
export class CapacityUnavailableError extends StormdrainError {
  override readonly name = 'CapacityUnavailable';
}

/** The capacity pool refuses a call and will refuse it again. */
export class CapacityRefusedError extends StormdrainError {
  override readonly name = 'CapacityRefused';
}

/** No drain has this id. */
export class DrainNotFoundError extends StormdrainError {
  override readonly name = 'DrainNotFound';
}

/** The drain is over, so nothing about it can be changed any more. */
export class DrainAlreadyEndedError extends StormdrainError {
  override readonly name = 'DrainAlreadyEnded';
}

/** Where metrics come from failed a call in a way that may pass. */
export class MetricsUnavailableError extends StormdrainError {
  override readonly name = 'MetricsUnavailable';
}

/** Where metrics come from refuses the call as it is, now and later. */
export class MetricsRefusedError extends StormdrainError {
  override readonly name = 'MetricsRefused';
}

/** A scaling policy is wrong, or could make what it scales oscillate. Nothing was stored. */
export class PolicyRefusedError extends StormdrainError {
  override readonly name = 'PolicyRefused';
  readonly problems: readonly DocumentProblem[];

  constructor(message: string, problems: readonly DocumentProblem[] = [], options?: ErrorOptions) {
    super(message, options);
    this.problems = problems;
  }
}

/** No scaling policy is stored for this cluster. */
export class PolicyNotFoundError extends StormdrainError {
  override readonly name = 'PolicyNotFound';
}

/** The catalog of tables failed a call in a way that may pass. */
export class CatalogUnavailableError extends StormdrainError {
  override readonly name = 'CatalogUnavailable';
}

/** The catalog of tables refuses a call and will refuse it again. */
export class CatalogRefusedError extends StormdrainError {
  override readonly name = 'CatalogRefused';
}

/** The SQL engine failed a call in a way that may pass. */
export class SqlUnavailableError extends StormdrainError {
  override readonly name = 'SqlUnavailable';
}

/** The SQL engine refuses a call and will refuse it again: a right, a workgroup or a setting is missing or wrong. */
export class SqlRefusedError extends StormdrainError {
  override readonly name = 'SqlRefused';
}

/** A question can't be asked as it is: not one SELECT, a bad pattern, more to be scanned than may be. Nothing was started. */
export class QueryInvalidError extends StormdrainError {
  override readonly name = 'QueryInvalid';
}

/** No query has this id, or its results are gone. */
export class QueryNotFoundError extends StormdrainError {
  override readonly name = 'QueryNotFound';
}

/** There is no log table of this family or container. */
export class LogTableNotFoundError extends StormdrainError {
  override readonly name = 'LogTableNotFound';
}

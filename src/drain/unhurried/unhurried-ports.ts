import type { DrainConductor } from '../../platform/ports/drain-conductor.ts';
import type { DrainPorts } from '../drain-ports.ts';

/** What a drain without hurry stands on: it may have to wake the cluster's coordinator. */
export type UnhurriedPorts = DrainPorts & { readonly conductor: DrainConductor };

/** What the state machine hands to each of its states. */
export interface UnhurriedInput {
  readonly cluster: string;
  readonly drainId: string;
}

/** What a state machine's state answers. */
export interface UnhurriedLook {
  /** Nothing is left to wait for: FinishDrain is next. */
  readonly isOver: boolean;
  /** Until the next look, else 0. */
  readonly waitSeconds: number;
}

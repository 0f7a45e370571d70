/** Load to simulate, in requests a second. */
export interface LoadTrace {
  /** What it is, for people. */
  readonly name: string;
  /** How long it goes by itself; a simulation may be shorter, or longer. */
  readonly seconds: number;
  /** Whether it is known beyond that: a shape. */
  readonly isEndless?: boolean;
  /** When it was recorded; null for one that belongs to no time. */
  readonly startMillis: number | null;
  /** By service; under an empty name the load of each service that isn't named. */
  readonly loads: Readonly<Record<string, (second: number) => number>>;
}

/** The load of a service; none when the trace has services and this isn't one of them. */
export const loadOf = (trace: LoadTrace, service: string): ((second: number) => number) | undefined =>
  Object.hasOwn(trace.loads, service) ? trace.loads[service] : trace.loads[''];

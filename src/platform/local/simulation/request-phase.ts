interface PhasePoint {
  readonly atMillis: number;
  readonly phase: number;
  /** From here on. */
  readonly perMilli: number;
}

/**
 * How many requests each member of a group has been due since the group began: the integral of requestsPerSecond /
 * members over time. Members share it, so that a change of their number is one point, however many there are.
 */
export class RequestPhase {
  readonly #requestsPerSecond: number;
  readonly #points: PhasePoint[];
  #members = 0;
  #unservedMillis = 0;

  constructor(requestsPerSecond: number, startMillis: number) {
    this.#requestsPerSecond = requestsPerSecond;
    this.#points = [{ atMillis: startMillis, phase: 0, perMilli: 0 }];
  }

  get members(): number {
    return this.#members;
  }

  setMembers(atMillis: number, members: number): void {
    const last = this.#last();
    if (this.#members === 0) this.#unservedMillis += atMillis - last.atMillis;
    this.#members = members;
    const perMilli = members === 0 ? 0 : this.#requestsPerSecond / 1000 / members;
    const point = { atMillis, phase: this.phaseAt(atMillis), perMilli };
    if (last.atMillis === atMillis) this.#points[this.#points.length - 1] = point;
    else this.#points.push(point);
  }

  /** Requests that came while there was nobody to send them to. */
  unserved(nowMillis: number): number {
    const still = this.#members === 0 ? nowMillis - this.#last().atMillis : 0;
    return Math.floor(((this.#unservedMillis + still) / 1000) * this.#requestsPerSecond);
  }

  phaseAt(millis: number): number {
    const point = this.#lastPoint((candidate) => candidate.atMillis <= millis);
    return point.phase + Math.max(0, millis - point.atMillis) * point.perMilli;
  }

  /** The instant at which a phase is reached. Only for phases that are. */
  instantOf(phase: number): number {
    const point = this.#lastPoint((candidate) => candidate.phase <= phase);
    return point.perMilli === 0 ? point.atMillis : point.atMillis + (phase - point.phase) / point.perMilli;
  }

  #last(): PhasePoint {
    return this.#lastPoint(() => true);
  }

  /** The last point for which it holds; it holds for all points before. */
  #lastPoint(holds: (point: PhasePoint) => boolean): PhasePoint {
    let low = 0;
    let high = this.#points.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      const point = this.#points[middle];
      if (point !== undefined && holds(point)) low = middle;
      else high = middle;
    }
    const found = this.#points[low];
    if (found === undefined) throw new RangeError('a group has one point at least');
    return found;
  }
}

import type { HookContext } from '../hooks.ts';
import type { ArrivalScope } from '../script/arrival-scope.ts';

/**
 * What the hooks of one request see of its arrival. Scopes are used again for later arrivals, so a hook that outlives
 * its request finds nothing there any more.
 */
export class RequestContext implements HookContext {
  readonly scenario: string;
  readonly step: string;
  #scope: ArrivalScope | undefined;

  constructor(scenario: string, step: string, scope: ArrivalScope) {
    this.scenario = scenario;
    this.step = step;
    this.#scope = scope;
  }

  get isOpen(): boolean {
    return this.#scope !== undefined;
  }

  /** The request is over. */
  close(): void {
    this.#scope = undefined;
  }

  get(name: string): string | undefined {
    return this.#scope?.valueOf(name);
  }

  set(name: string, value: string): void {
    const given: unknown = value;
    if (given === undefined || given === null) throw new TypeError(`no value to set ${name} to`);
    this.#scope?.capture(name, String(given));
  }

  random(): number {
    return this.#scope?.random() ?? 0;
  }
}

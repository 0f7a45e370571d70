import type { AddressGuard } from '../../plan/allowed-targets.ts';
import type { Plan, RequestStep, Step } from '../../plan/plan.ts';
import type { RunClock } from '../engine.ts';
import type { ArrivalScope } from '../script/arrival-scope.ts';
import type { Exchange, ExchangeOwner, Transport } from '../transport.ts';
import { CookieExchange } from './cookie-exchange.ts';
import { HookedExchange } from './hooked-exchange.ts';
import { RedirectingExchange } from './redirecting-exchange.ts';

/** What carries the requests of whoever has the scope. */
export type MakeExchange = (owner: ExchangeOwner, scope: ArrivalScope) => Exchange;

const hasRequest = (steps: readonly Step[], is: (step: RequestStep) => boolean): boolean =>
  steps.some((step) => {
    if (step.kind === 'request') return is(step);
    return 'steps' in step && hasRequest(step.steps, is);
  });

/**
 * The transport's exchange within what the plan asks for, and nothing else. Cookies are innermost, since each hop of a
 * redirect has its own; hooks are outermost, since they see a request before and a response after all of that.
 */
export const composeExchange = (
  plan: Plan,
  transport: Transport,
  guard: AddressGuard,
  clock: RunClock,
): MakeExchange => {
  const isAsked = (is: (step: RequestStep) => boolean): boolean =>
    plan.scenarios.some(({ steps }) => hasRequest(steps, is));

  let make: MakeExchange = (owner) => transport.exchange(owner);
  if (plan.cookies) {
    const inner = make;
    make = (owner, scope) => new CookieExchange((each) => inner(each, scope), owner, scope.cookies);
  }
  if (isAsked(({ redirects }) => redirects > 0)) {
    const inner = make;
    const refusesHost = (host: string): string | undefined => guard.refusesHost(host);
    make = (owner, scope) => new RedirectingExchange((each) => inner(each, scope), owner, refusesHost);
  }
  if (isAsked(({ before, after }) => before !== undefined || after !== undefined)) {
    const inner = make;
    make = (owner, scope) => new HookedExchange((each) => inner(each, scope), owner, scope, clock);
  }
  return make;
};

import { isIP } from 'node:net';
import type { AddressGuard } from '../plan/allowed-targets.ts';
import type { Plan, Step } from '../plan/plan.ts';

/** Every address a name resolves to; rejects as `dns.lookup` does. */
export type Lookup = (host: string) => Promise<readonly string[]>;

const stepUrls = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap((step) => {
    if (step.kind === 'request') return /^https?:/i.test(step.url) ? [step.url] : [];
    return step.kind === 'think' ? [] : stepUrls(step.steps);
  });

const hostOf = (url: string): string => {
  // Only the origin of a step's URL is certain to be free of templates.
  const origin = /^https?:\/\/[^/?#]+/i.exec(url)?.[0] ?? url;
  return new URL(origin).hostname.replace(/^\[|\]$/g, '');
};

/** The hosts that a plan sends to, each once. */
export const targetHosts = (plan: Plan): readonly string[] => [
  ...new Set([plan.target, ...plan.scenarios.flatMap((scenario) => stepUrls(scenario.steps))].map(hostOf)),
];

/**
 * Reasons why a plan must not start: a name that doesn't resolve, or one of whose addresses is refused. Workers check
 * again right before they connect; this is for finding out before anything is started.
 */
export const checkTargets = async (
  plan: Plan,
  guard: AddressGuard,
  lookup: Lookup,
): Promise<readonly string[]> => {
  const reasons: string[] = [];
  for (const host of targetHosts(plan)) {
    if (isIP(host) !== 0) continue;
    try {
      for (const address of await lookup(host)) {
        const refused = guard.refusesAddress(host, address);
        if (refused !== undefined) reasons.push(`${host} resolves to ${address}: ${refused}`);
      }
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
      reasons.push(`${host} can't be resolved to an address (${code})`);
    }
  }
  return reasons;
};

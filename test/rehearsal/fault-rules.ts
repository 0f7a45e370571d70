import { seededRandom } from '../../src/plan/random.ts';
import type { ServiceAnswer, ServiceCall } from './service-call.ts';

/** What happens to a call instead of, or beside, being carried out. */
export type Fault =
  | { readonly kind: 'answer'; readonly answer: ServiceAnswer }
  | { readonly kind: 'delay'; readonly millis: number }
  /** The connection is cut; the service has not seen the request, or has carried it out. */
  | { readonly kind: 'cut'; readonly when: 'before' | 'after' };

export interface FaultRule {
  readonly fault: Fault | ((call: ServiceCall) => Fault);
  readonly matches: (call: ServiceCall) => boolean;
  /** Of the calls that match: by chance, or the first so many. */
  readonly hits: { readonly probability: number } | { readonly first: number };
}

/** Decides for each call in turn; the same seed and the same calls give the same faults. */
export class FaultPlan {
  readonly #random: () => number;
  readonly #rules = new Set<{ readonly rule: FaultRule; matched: number; hit: number }>();

  constructor(seed: number) {
    this.#random = seededRandom(seed, 0x6661756c);
  }

  add(rule: FaultRule): { remove(): void; hits(): number } {
    const entry = { rule, matched: 0, hit: 0 };
    this.#rules.add(entry);
    return { remove: () => void this.#rules.delete(entry), hits: () => entry.hit };
  }

  /** The first rule that hits; the others still count the call. */
  decide(call: ServiceCall): Fault | undefined {
    let decided: Fault | undefined;
    for (const entry of this.#rules) {
      if (!entry.rule.matches(call)) continue;
      entry.matched++;
      const { hits, fault } = entry.rule;
      const hit = 'first' in hits ? entry.matched <= hits.first : this.#random() < hits.probability;
      if (!hit || decided !== undefined) continue;
      entry.hit++;
      decided = typeof fault === 'function' ? fault(call) : fault;
    }
    return decided;
  }
}

/** How each protocol says that it was called too often. */
export const throttled = (call: ServiceCall): Fault => ({
  kind: 'answer',
  answer:
    call.service === 's3'
      ? xml(503, s3Error('SlowDown', 'Please reduce your request rate.'))
      : call.headers['x-amz-target'] === undefined
        ? xml(400, queryError('Throttling', 'Rate exceeded'))
        : json(400, { __type: 'ThrottlingException', message: 'Rate exceeded' }),
});

export const s3InternalError: Fault = {
  kind: 'answer',
  answer: xml(500, s3Error('InternalError', 'We encountered an internal error. Please try again.')),
};

/** An answer of a JSON protocol. */
export function json(status: number, document: unknown): ServiceAnswer {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: Buffer.from(JSON.stringify(document)),
  };
}

function xml(status: number, text: string): ServiceAnswer {
  return { status, headers: { 'content-type': 'application/xml' }, body: Buffer.from(text) };
}

function s3Error(code: string, message: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}

function queryError(code: string, message: string): string {
  return `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
}

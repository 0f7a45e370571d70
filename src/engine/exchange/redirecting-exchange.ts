import type { FailureKind, RequestTiming } from '../../stats/measurement-sink.ts';
import { noTiming } from '../no-timing.ts';
import type { Exchange, ExchangeOwner, Keep, OutgoingRequest, ReceivedResponse } from '../transport.ts';
import { decideRedirect } from './decide-redirect.ts';

const add = (sum: RequestTiming, part: RequestTiming): void => {
  sum.serviceMicros += part.serviceMicros;
  sum.connectMicros += part.connectMicros;
  sum.bytesSent += part.bytesSent;
  sum.bytesReceived += part.bytesReceived;
};

/**
 * Follows redirects. A chain is one request: one deadline, one answer (the last response's), and figures that are the
 * sums of its hops'.
 */
export class RedirectingExchange implements Exchange, ExchangeOwner {
  readonly #inner: Exchange;
  readonly #owner: ExchangeOwner;
  readonly #refusesHost: (host: string) => string | undefined;
  /** The request that was sent last, while it may be redirected. */
  #request: OutgoingRequest | undefined;
  #left = 0;
  #keep: Keep = 'nothing';
  #deadlineMicros = 0;
  /** The figures of the hops before. */
  readonly #before = noTiming();
  readonly #hop = noTiming();

  constructor(
    inner: (owner: ExchangeOwner) => Exchange,
    owner: ExchangeOwner,
    refusesHost: (host: string) => string | undefined,
  ) {
    this.#inner = inner(this);
    this.#owner = owner;
    this.#refusesHost = refusesHost;
  }

  send(request: OutgoingRequest, keep: Keep, deadlineMicros: number): void {
    this.#left = request.features?.redirects ?? 0;
    this.#request = this.#left > 0 ? request : undefined;
    this.#keep = this.#left > 0 && keep === 'nothing' ? 'head' : keep;
    this.#deadlineMicros = deadlineMicros;
    Object.assign(this.#before, noTiming());
    this.#inner.send(request, this.#keep, deadlineMicros);
  }

  abandon(): void {
    this.#request = undefined;
    this.#inner.abandon();
  }

  leave(): void {
    this.#inner.leave();
  }

  measure(timing: RequestTiming, endMicros: number): void {
    this.#inner.measure(timing, endMicros);
    add(timing, this.#before);
  }

  answered(response: ReceivedResponse, endMicros: number): void {
    const request = this.#request;
    const { status } = response;
    if (request === undefined || status < 300 || status > 399 || Buffer.isBuffer(request.form)) {
      this.#request = undefined;
      this.#owner.answered(response, endMicros);
      return;
    }
    const decision = decideRedirect(
      { ...request, form: request.form },
      { status, location: response.header('location') },
      this.#left,
      this.#refusesHost,
    );
    if (decision.kind === 'answer') {
      this.#request = undefined;
      this.#owner.answered(response, endMicros);
    } else if (decision.kind === 'refuse') this.failed(decision.failure, decision.detail, endMicros);
    else {
      this.#inner.measure(this.#hop, endMicros);
      add(this.#before, this.#hop);
      this.#left--;
      this.#request = decision.request;
      this.#inner.send(decision.request, this.#keep, this.#deadlineMicros);
    }
  }

  failed(kind: FailureKind, detail: string, endMicros: number): void {
    this.#request = undefined;
    this.#owner.failed(kind, detail, endMicros);
  }
}

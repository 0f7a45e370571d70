import type { FailureKind, RequestTiming } from '../../stats/measurement-sink.ts';
import type { UserCookies } from '../script/user-cookies.ts';
import type {
  Exchange,
  ExchangeOwner,
  Keep,
  OutgoingRequest,
  ReceivedResponse,
  RequestMessage,
} from '../transport.ts';

/** The message with a user's cookies after those it has. */
const withCookies = (message: RequestMessage, cookies: string): RequestMessage => {
  const written = message.headers.findIndex(([name]) => name.toLowerCase() === 'cookie');
  const headers = message.headers.map((header, index): readonly [string, string] =>
    index === written ? [header[0], header[1] === '' ? cookies : `${header[1]}; ${cookies}`] : header,
  );
  return { ...message, headers: written < 0 ? [...headers, ['cookie', cookies]] : headers };
};

/** Sends a user's cookies with its requests, and takes those of the responses. */
export class CookieExchange implements Exchange, ExchangeOwner {
  readonly #inner: Exchange;
  readonly #owner: ExchangeOwner;
  readonly #cookies: UserCookies;
  #url = '';

  constructor(inner: (owner: ExchangeOwner) => Exchange, owner: ExchangeOwner, cookies: UserCookies) {
    this.#inner = inner(this);
    this.#owner = owner;
    this.#cookies = cookies;
  }

  send(request: OutgoingRequest, keep: Keep, deadlineMicros: number): void {
    const { form, origin } = request;
    if (Buffer.isBuffer(form)) throw new TypeError('cookies are added to messages, not to bytes');
    this.#url = `${origin.key}${form.path}`;
    const cookies = this.#cookies.headerFor(this.#url);
    const sent = cookies === undefined ? request : { ...request, form: withCookies(form, cookies) };
    this.#inner.send(sent, keep === 'nothing' ? 'head' : keep, deadlineMicros);
  }

  abandon(): void {
    this.#inner.abandon();
  }

  leave(): void {
    this.#inner.leave();
  }

  measure(timing: RequestTiming, endMicros: number): void {
    this.#inner.measure(timing, endMicros);
  }

  answered(response: ReceivedResponse, endMicros: number): void {
    this.#cookies.take(response.headerValues('set-cookie'), this.#url);
    this.#owner.answered(response, endMicros);
  }

  failed(kind: FailureKind, detail: string, endMicros: number): void {
    this.#owner.failed(kind, detail, endMicros);
  }
}

import type { HookRequest } from '../hooks.ts';
import { encodeForUrl } from '../script/encode-value.ts';
import type { OutgoingRequest, RequestMessage } from '../transport.ts';

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** They say where the body ends, which is the engine's own business. */
const framingHeaders = new Set(['content-length', 'transfer-encoding']);

/** What a hook made of a request can't be sent; the message says why. */
export class UnusableEdit extends Error {
  override readonly name = 'UnusableEdit';
}

const checkedPath = (path: unknown): string => {
  if (typeof path !== 'string' || !path.startsWith('/')) {
    throw new UnusableEdit('the path of a request begins with a slash');
  }
  return encodeForUrl(path);
};

/** A number is written as a text; `undefined` takes a header away. */
const checkedHeaders = (headers: Readonly<Record<string, unknown>>): RequestMessage['headers'] => {
  const checked = new Map<string, string>();
  for (const [written, value] of Object.entries(headers)) {
    const name = written.toLowerCase();
    if (value === undefined || framingHeaders.has(name)) continue;
    if (!headerName.test(name)) throw new UnusableEdit(`${JSON.stringify(written)} is not a header's name`);
    if (typeof value !== 'string' && typeof value !== 'number') {
      throw new UnusableEdit(`the value of header ${name} is not a text`);
    }
    if (typeof value === 'string' && /[\r\n\0]/.test(value)) {
      throw new UnusableEdit(`line break or NUL in the value of header ${name}`);
    }
    checked.set(name, String(value));
  }
  return [...checked];
};

/** A request in the hands of a `before` hook. Its body is made a text only when somebody looks at it. */
export class EditableRequest implements HookRequest {
  readonly method: string;
  path: string;
  headers: Record<string, string>;
  readonly #original: Buffer | undefined;
  readonly #textBody: boolean;
  #body: string | Uint8Array | undefined;

  constructor(message: RequestMessage, textBody: boolean) {
    this.method = message.method;
    this.path = message.path;
    this.headers = Object.fromEntries(message.headers.map(([name, value]) => [name.toLowerCase(), value]));
    this.#original = message.body;
    this.#textBody = textBody;
  }

  get body(): string | Uint8Array {
    if (this.#body === undefined) {
      const original = this.#original ?? Buffer.alloc(0);
      // A copy: the engine sends the same bytes for every arrival, and a hook may write into these.
      this.#body = this.#textBody ? original.toString('utf8') : new Uint8Array(original);
    }
    return this.#body;
  }

  set body(body: string | Uint8Array) {
    this.#body = body;
  }

  /**
   * The request as it is to be sent; where it goes, and its method, stay as they were.
   * @throws UnusableEdit
   */
  applyTo(request: OutgoingRequest): OutgoingRequest {
    const headers = checkedHeaders(this.headers);
    const closes = headers.some(([name, value]) => name === 'connection' && /\bclose\b/i.test(value));
    const form: RequestMessage = {
      method: request.method,
      path: checkedPath(this.path),
      headers,
      body: this.#sentBody(),
    };
    return { ...request, closes: request.closes || closes, form };
  }

  #sentBody(): Buffer | undefined {
    const body: unknown = this.#body;
    if (body === undefined) return this.#original;
    if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
      throw new UnusableEdit('the body of a request is a text or a Uint8Array');
    }
    if (body.length === 0 && this.#original === undefined) return undefined;
    return typeof body === 'string'
      ? Buffer.from(body, 'utf8')
      : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  }
}

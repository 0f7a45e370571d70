import type { JSONValue } from 'json-p3';
import { maxBodyBytes, type ReceivedResponse } from '../transport.ts';
import { decodeBody } from './decode-body.ts';
import { decodeText } from './decode-text.ts';

/**
 * A response while it is looked at: its body is decoded once, its text read once and its JSON parsed once, and only
 * when somebody wants it.
 */
export class ResponseView implements ReceivedResponse {
  readonly status: number;
  #source: ReceivedResponse;
  #text: string | undefined;
  #json: { readonly value: JSONValue } | undefined | 'unread' = 'unread';

  /** What has been read already isn't read again. */
  static of(response: ReceivedResponse): ResponseView {
    return response instanceof ResponseView ? response : new ResponseView(response);
  }

  private constructor(source: ReceivedResponse) {
    this.status = source.status;
    this.#source = source;
  }

  /** `name` in any case. */
  header(name: string): string | undefined {
    return this.#source.header(name.toLowerCase());
  }

  headerValues(name: string): readonly string[] {
    return this.#source.headerValues(name);
  }

  headerLines(): readonly (readonly [name: string, value: string])[] {
    return this.#source.headerLines();
  }

  body(): Buffer {
    return this.#source.body();
  }

  /** The body without its content codings, in its charset. Throws `UndecodableBody`. */
  text(): string {
    this.#text ??= decodeText(
      decodeBody(this.body(), this.header('content-encoding'), maxBodyBytes),
      this.header('content-type'),
    );
    return this.#text;
  }

  /** Undefined when the body isn't JSON. Throws `UndecodableBody`. */
  json(): { readonly value: JSONValue } | undefined {
    if (this.#json === 'unread') this.#json = parseJson(this.text());
    return this.#json;
  }

  /** Copies what it shows, so that it may be read for as long as anybody likes. */
  keep(): void {
    this.#source = keptResponse(this.#source);
  }
}

const keptResponse = (response: ReceivedResponse): ReceivedResponse => {
  const lines = [...response.headerLines()];
  const body = Buffer.from(response.body());
  const valuesOf = (name: string): readonly string[] =>
    lines.filter(([each]) => each === name).map(([, value]) => value);
  return {
    status: response.status,
    header: (name) => (lines.some(([each]) => each === name) ? valuesOf(name).join(', ') : undefined),
    headerValues: valuesOf,
    headerLines: () => lines,
    body: () => body,
  };
};

const parseJson = (text: string): { readonly value: JSONValue } | undefined => {
  try {
    return { value: JSON.parse(text) as JSONValue };
  } catch {
    return undefined;
  }
};

import type { JSONValue } from 'json-p3';

/** What checks read of a response: the parser that has just completed it. */
export interface ResponseSource {
  readonly status: number;
  /** `name` in lower case. */
  header(name: string): string | undefined;
  bodyText(): string;
}

/** A response while it is checked: its text is decoded once and its JSON parsed once, and only when looked at. */
export class ResponseView {
  readonly #source: ResponseSource;
  #body: string | undefined;
  #json: { readonly value: JSONValue } | undefined | 'unread' = 'unread';

  constructor(source: ResponseSource) {
    this.#source = source;
  }

  header(name: string): string | undefined {
    return this.#source.header(name.toLowerCase());
  }

  body(): string {
    this.#body ??= this.#source.bodyText();
    return this.#body;
  }

  /** Undefined when the body isn't JSON. */
  json(): { readonly value: JSONValue } | undefined {
    if (this.#json === 'unread') this.#json = parseJson(this.body());
    return this.#json;
  }
}

const parseJson = (text: string): { readonly value: JSONValue } | undefined => {
  try {
    return { value: JSON.parse(text) as JSONValue };
  } catch {
    return undefined;
  }
};

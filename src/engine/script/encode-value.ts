import { BadRequest, type Encode } from './compile-text.ts';

/** Everything a URL may not contain (RFC 3986, 2). `%` stays, so a captured path isn't encoded twice. */
const illegalInUrl = /[^A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=%]/gu;

const percentEncode = (character: string): string =>
  [...Buffer.from(character, 'utf8')]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');

/** A value in a URL's path or query. A `#` is encoded: a fragment is never sent. */
export const encodeForUrl: Encode = (value) => value.replace(illegalInUrl, percentEncode);

/** A value between the quotes of a JSON string. */
export const encodeForJson: Encode = (value) => JSON.stringify(value).slice(1, -1);

/** A value of a form field. Lone surrogates, which have no encoding, become U+FFFD. */
export const encodeForForm: Encode = (value) => encodeURIComponent(value.toWellFormed());

/** A header's value, which may not end the line: what follows would be read as another header. */
export const encodeForHeader =
  (header: string): Encode =>
  (value) => {
    if (/[\r\n\0]/.test(value)) throw new BadRequest(`line break or NUL in the value of header ${header}`);
    return value;
  };

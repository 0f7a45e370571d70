/** What the head of a response says about the response: status, how the body ends, and what becomes of the connection. */
export interface ResponseHead {
  readonly status: number;
  readonly framing: BodyFraming;
  /** Whether another request may follow on this connection, as far as the head tells. */
  readonly keepAlive: boolean;
  /** `timeout` of a `Keep-Alive` header, in seconds: how long the server keeps an idle connection. */
  readonly keepAliveSeconds: number | undefined;
}

export type BodyFraming =
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  /** The body ends when the peer closes. */
  | { readonly kind: 'until close' };

/** The bytes aren't an HTTP/1.x response. The message says where they go wrong. */
export class MalformedResponse extends Error {
  override readonly name = 'MalformedResponse';
}

const statusLine = /^HTTP\/1\.([01]) (\d{3})(?: [^\r\n]*)?$/;
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** A field value is tab, space, visible ASCII and bytes above 127 (RFC 9110, 5.5). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const forbiddenInValue = /[\0-\x08\x0a-\x1f\x7f]/;

const shown = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** Calls back for each field of a head's or trailer's lines, names in lower case, values trimmed. */
export const parseFields = (
  lines: string,
  from: number,
  onField: (name: string, value: string) => void,
): void => {
  let at = from;
  while (at < lines.length) {
    let end = lines.indexOf('\r\n', at);
    if (end < 0) end = lines.length;
    const colon = lines.indexOf(':', at);
    const name = lines.slice(at, colon < 0 || colon > end ? end : colon);
    // A line that begins with white space is a folded value, which RFC 9112 (5.2) lets a client refuse.
    if (colon < 0 || colon > end || !headerName.test(name)) {
      throw new MalformedResponse(`not a header line: ${shown(lines.slice(at, end))}`);
    }
    const value = lines.slice(colon + 1, end);
    if (forbiddenInValue.test(value.replaceAll('\t', ' '))) {
      throw new MalformedResponse(`control character in header ${name}`);
    }
    onField(name.toLowerCase(), value.replace(/^[ \t]+|[ \t]+$/g, ''));
    at = end + 2;
  }
};

const hasToken = (list: string, token: string): boolean =>
  list.split(',').some((each) => each.trim().toLowerCase() === token);

const parseLength = (value: string): number => {
  const bytes = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(bytes)) throw new MalformedResponse(`bad content-length ${shown(value)}`);
  return bytes;
};

/**
 * Reads a head: status line and header lines, without the empty line. `toHead` is true for the response to a HEAD
 * request, which has no body whatever its headers say. Framing follows RFC 9112, 6.3, except that a length given
 * twice or beside a transfer-encoding is refused, since such a response may end elsewhere for the next reader.
 * @throws MalformedResponse
 */
export const parseResponseHead = (head: string, toHead: boolean): ResponseHead => {
  const lineEnd = head.indexOf('\r\n');
  const line = lineEnd < 0 ? head : head.slice(0, lineEnd);
  const matched = statusLine.exec(line);
  const status = Number(matched?.[2]);
  if (matched === null || status < 100) throw new MalformedResponse(`not a status line: ${shown(line)}`);
  let length: number | undefined;
  let transfer: string | undefined;
  let closes = matched[1] === '0';
  let asksToClose = false;
  let keepAliveSeconds: number | undefined;
  parseFields(head, line.length + 2, (name, value) => {
    switch (name) {
      case 'content-length':
        if (length !== undefined) throw new MalformedResponse('content-length given twice');
        length = parseLength(value);
        break;
      case 'transfer-encoding':
        if (value === '') throw new MalformedResponse('empty transfer-encoding');
        transfer = transfer === undefined ? value : `${transfer},${value}`;
        break;
      case 'connection':
        asksToClose ||= hasToken(value, 'close');
        if (hasToken(value, 'keep-alive')) closes = false;
        break;
      case 'keep-alive': {
        const seconds = /(?:^|[,\s])timeout=(\d{1,6})/i.exec(value)?.[1];
        if (seconds !== undefined) keepAliveSeconds = Number(seconds);
        break;
      }
    }
  });
  if (length !== undefined && transfer !== undefined) {
    throw new MalformedResponse('content-length beside transfer-encoding');
  }
  const keepAlive = !closes && !asksToClose;
  const bodiless = toHead || status < 200 || status === 204 || status === 304;
  if (bodiless) return { status, framing: { kind: 'length', bytes: 0 }, keepAlive, keepAliveSeconds };
  if (transfer !== undefined && /(?:^|,)[ \t]*chunked$/i.test(transfer)) {
    return { status, framing: { kind: 'chunked' }, keepAlive, keepAliveSeconds };
  }
  if (transfer === undefined && length !== undefined) {
    return { status, framing: { kind: 'length', bytes: length }, keepAlive, keepAliveSeconds };
  }
  return { status, framing: { kind: 'until close' }, keepAlive: false, keepAliveSeconds };
};

/** Where a request goes: scheme, host and port. Connections are pooled by `key`. */
export interface Origin {
  readonly key: string;
  readonly secure: boolean;
  /** A name or an address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** As it stands in a `Host` header: with brackets, and without the scheme's own port. */
  readonly authority: string;
}

/**
 * Splits an absolute http or https URL into its origin and what follows it (empty, or from the first `/`, `?`, `#` or template).
 * @throws TypeError when it isn't one.
 */
export const parseOrigin = (url: string): { readonly origin: Origin; readonly rest: string } => {
  const written = /^https?:\/\/[^/?#{]*/i.exec(url)?.[0];
  if (written === undefined) throw new TypeError(`not an absolute http URL: ${url}`);
  const parsed = new URL(written);
  const secure = parsed.protocol === 'https:';
  const port = parsed.port === '' ? (secure ? 443 : 80) : Number(parsed.port);
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  const key = `${parsed.protocol}//${parsed.host}`;
  return { origin: { key, secure, host, port, authority: parsed.host }, rest: url.slice(written.length) };
};

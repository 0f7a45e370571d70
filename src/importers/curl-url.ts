import { urlTemplate } from './literal.ts';

/** A URL of curl, as templates: what stands before the path, and the path with its query. */
export interface CurlUrl {
  /** As in a plan's target: scheme, host, port. May be a variable, or have some. */
  readonly origin: string;
  readonly path: string;
  readonly user?: string;
}

const outline =
  /^(?:(?<scheme>[A-Za-z][A-Za-z0-9+.-]*):\/\/)?(?<authority>(?:\{\{[^{}]*\}\}|[^/?#{])*)(?<rest>.*)$/s;

/** Only a variable, so that it may well be all of `http://host:port`. */
const isOnlyVariable = (text: string): boolean => /^\{\{[^{}]*\}\}$/.test(text);

const pathOf = (rest: string): string => urlTemplate(rest.startsWith('/') ? rest : `/${rest}`);

/** Reads a URL as curl does: without a scheme it is `http`. Undefined when it isn't one of HTTP. */
export const parseCurlUrl = (text: string): CurlUrl | undefined => {
  const { scheme, authority = '', rest = '' } = outline.exec(text.trim())?.groups ?? {};
  if (scheme !== undefined && !/^https?$/i.test(scheme)) return undefined;
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  if (host === '' || /[\s\\]/.test(host)) return undefined;
  const origin =
    scheme === undefined && isOnlyVariable(host) ? host : `${(scheme ?? 'http').toLowerCase()}://${host}`;
  return { origin, path: pathOf(rest), ...(at < 0 ? {} : { user: authority.slice(0, at) }) };
};

/** With more of a query, as `-G` and `--url-query` add it. */
export const withQuery = (path: string, query: string): string =>
  query === '' ? path : urlTemplate(`${path}${path.includes('?') ? '&' : '?'}${query}`);

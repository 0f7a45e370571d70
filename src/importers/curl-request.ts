import { carryHeaders, headerValue, withoutHeader } from './carry-headers.ts';
import { carryMethod } from './carry-method.ts';
import { curlBody, curlData, urlEncoded } from './curl-body.ts';
import { type CurlOperation, type CurlOption, isAboutOutput } from './curl-options.ts';
import { type CurlUrl, parseCurlUrl, withQuery } from './curl-url.ts';
import type { HeaderList, WrittenRequest } from './written-request.ts';

/** A request with the origin it goes to, and what its command says that a plan says once for all. */
export interface CurlRequest {
  readonly origin: string;
  readonly request: WrittenRequest;
}

export interface CurlLog {
  leave(what: string): void;
  noise(names: readonly string[]): void;
  readonly input: string | undefined;
}

/** Options that are read here, in import-curl.ts or in curl-body.ts; all others can't be carried over. */
const carried = new Set(
  `request header data data-raw data-binary data-urlencode json form form-string upload-file user cookie cookie-jar
  user-agent referer location max-redirs insecure get head cert key cacert max-time compressed http1.1 http2
  http2-prior-knowledge oauth2-bearer range url-query basic globoff`.split(/\s+/),
);

const otherAuth = ['digest', 'ntlm', 'negotiate', 'anyauth', 'aws-sigv4'];

const last = (options: readonly CurlOption[], name: string): string | undefined =>
  options.findLast((option) => option.name === name)?.value;
const has = (options: readonly CurlOption[], name: string): boolean =>
  options.some((option) => option.name === name);

const leaveOthers = (options: readonly CurlOption[], log: CurlLog): void => {
  for (const { name, value } of options) {
    if (carried.has(name) || isAboutOutput(name)) continue;
    log.leave(`${name.length === 1 ? '-' : '--'}${name}${value === '' ? '' : ` ${value}`}`);
  }
};

const givenHeaders = (options: readonly CurlOption[], log: CurlLog): HeaderList =>
  options.flatMap(({ name, value }): (readonly [string, string])[] => {
    if (name !== 'header') return [];
    if (value.startsWith('@')) log.leave(`--header ${value}: the headers in the file`);
    const [, key = '', sign, text = ''] = /^([^:;]*)([:;])(.*)$/s.exec(value) ?? [];
    // `Name:` only takes out a header that curl itself would send; `Name;` sends an empty one.
    if (key.trim() === '' || (sign === ':' && text.trim() === '')) return [];
    return [[key.trim(), text.trim()]];
  });

/** Headers that options stand for; those given with -H win. */
const impliedHeaders = (options: readonly CurlOption[], log: CurlLog): HeaderList => {
  const implied: (readonly [string, string])[] = [];
  const agent = last(options, 'user-agent');
  const referer = last(options, 'referer')?.replace(/;auto$/, '');
  const cookies = options.filter(({ name, value }) => name === 'cookie' && value.includes('='));
  const bearer = last(options, 'oauth2-bearer');
  const range = last(options, 'range');
  if (has(options, 'json')) implied.push(['accept', 'application/json']);
  if (agent !== undefined && agent !== '') implied.push(['user-agent', agent]);
  if (referer !== undefined && referer !== '') implied.push(['referer', referer]);
  if (has(options, 'compressed')) implied.push(['accept-encoding', 'gzip, deflate, br']);
  if (bearer !== undefined) implied.push(['authorization', `Bearer ${bearer}`]);
  if (range !== undefined) implied.push(['range', `bytes=${range}`]);
  if (cookies.length > 0) implied.push(['cookie', cookies.map(({ value }) => value).join('; ')]);
  for (const { name, value } of options)
    if (name === 'cookie' && value !== '' && !value.includes('='))
      log.leave(`--cookie ${value}: the cookies in the file`);
  return implied;
};

const headersOf = (options: readonly CurlOption[], log: CurlLog): HeaderList => {
  const given = givenHeaders(options, log);
  const implied = impliedHeaders(options, log).filter(([name]) => headerValue(given, name) === undefined);
  const { headers, noise, refused } = carryHeaders([...given, ...implied]);
  log.noise(noise);
  for (const reason of refused) log.leave(reason);
  return headers;
};

const credentials = (text: string): NonNullable<WrittenRequest['auth']> => {
  const at = text.indexOf(':');
  return at < 0 ? { user: text, password: '' } : { user: text.slice(0, at), password: text.slice(at + 1) };
};

const authOf = (
  options: readonly CurlOption[],
  url: CurlUrl,
  headers: HeaderList,
  log: CurlLog,
): Pick<WrittenRequest, 'auth'> => {
  const user = last(options, 'user') ?? url.user;
  if (user === undefined || headerValue(headers, 'authorization') !== undefined) return {};
  const other = otherAuth.find((name) => has(options, name));
  if (other === undefined) return { auth: credentials(user) };
  log.leave(`--user: it goes with --${other}, and a plan has basic authentication only`);
  return {};
};

const longestSeconds = 3600;

const timeoutOf = (options: readonly CurlOption[], log: CurlLog): Pick<WrittenRequest, 'timeout'> => {
  const written = last(options, 'max-time');
  const seconds = Number(written);
  if (written === undefined || seconds === 0) return {};
  if (/^\d+(\.\d+)?$/.test(written) && seconds >= 0.001 && seconds <= longestSeconds)
    return { timeout: `${written}s` };
  log.leave(`--max-time ${written}: a timeout is at most an hour`);
  return {};
};

/** As many as a plan may follow; curl itself would follow 50. */
const mostRedirects = 20;

const redirectsOf = (options: readonly CurlOption[]): Pick<WrittenRequest, 'redirects'> => {
  if (!has(options, 'location')) return {};
  const written = last(options, 'max-redirs');
  const most = written === undefined || !/^\d+$/.test(written) ? mostRedirects : Number(written);
  return { redirects: Math.min(most, mostRedirects) };
};

const methodOf = (options: readonly CurlOption[], hasBody: boolean): string => {
  if (has(options, 'head')) return 'HEAD';
  if (has(options, 'upload-file')) return 'PUT';
  return hasBody ? 'POST' : 'GET';
};

/** The requests that one operation of a command line makes, one for each URL. */
export const curlRequests = (operation: CurlOperation, log: CurlLog): readonly CurlRequest[] => {
  const { options, urls } = operation;
  leaveOthers(options, log);
  const headers = headersOf(options, log);
  const contentType = headerValue(headers, 'content-type');
  const source = { options, contentType, input: log.input, leave: log.leave };
  const asQuery = has(options, 'get') ? curlData(source) : undefined;
  const recorded = asQuery === undefined ? curlBody(source) : undefined;
  const queries = options.flatMap(({ name, value }) =>
    name === 'url-query' ? [urlEncoded(value) ?? ''] : [],
  );
  const query = [...(asQuery === undefined ? [] : [asQuery]), ...queries].join('&');
  const sentType = contentType ?? recorded?.contentType;
  const isMultipart = recorded !== undefined && 'multipart' in recorded.body;
  const needsType = sentType !== undefined && !isMultipart && sentType !== recorded?.defaultType;
  const written = last(options, 'request') ?? methodOf(options, recorded !== undefined);

  return urls.flatMap((text): CurlRequest[] => {
    const url = parseCurlUrl(text);
    const method = carryMethod(written);
    if (url === undefined || method === undefined) {
      log.leave(
        url === undefined ? `${text}: not a URL of HTTP` : `${text}: a plan has no method ${written}`,
      );
      return [];
    }
    if (!has(options, 'globoff') && /(?<!\{)\{[^{}]*,[^{}]*\}|\[\d+-\d+/.test(url.path))
      log.leave(`${text}: several URLs in one; it is sent as it is written`);
    const path = withQuery(url.path, query);
    const request: WrittenRequest = {
      method,
      url: path,
      ...(path.includes('?') ? { name: `${method.toUpperCase()} ${path.split('?', 1)[0]}` } : {}),
      headers: [
        ...withoutHeader(headers, 'content-type'),
        ...(needsType ? [['content-type', sentType] as const] : []),
      ],
      ...(recorded === undefined ? {} : { body: recorded.body }),
      ...authOf(options, url, headers, log),
      ...redirectsOf(options),
      ...timeoutOf(options, log),
    };
    return [{ origin: url.origin, request }];
  });
};

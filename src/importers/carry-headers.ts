import type { HeaderList } from './written-request.ts';

/** Written by the engine for each request, or of one connection only (RFC 9110, 7.6.1). */
const written = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'keep-alive',
  'proxy-connection',
  'http2-settings',
  'expect',
]);

/** What a browser says of itself to servers that sort out browsers. */
const browserNoise = /^(sec-.*|upgrade-insecure-requests|dnt|priority|x-client-data|purpose|x-devtools-.*)$/;

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export interface CarriedHeaders {
  readonly headers: HeaderList;
  /** Names that only a browser sends, in lower case. */
  readonly noise: readonly string[];
  /** Names that can't be written in a plan, and why. */
  readonly refused: readonly string[];
}

/**
 * The headers that a step is to have. What the engine writes itself is left out without a word, and so are the
 * pseudo headers of HTTP/2; a name that is there twice becomes one with both values (RFC 9110, 5.3).
 */
export const carryHeaders = (recorded: HeaderList): CarriedHeaders => {
  const headers = new Map<string, readonly [string, string]>();
  const noise = new Set<string>();
  const refused: string[] = [];
  for (const [name, value] of recorded) {
    const key = name.toLowerCase();
    const before = headers.get(key);
    if (name.startsWith(':') || written.has(key)) continue;
    if (browserNoise.test(key)) noise.add(key);
    else if (!headerName.test(name)) refused.push(`the header ${JSON.stringify(name)}: it is no header name`);
    else if (/\p{Cc}/u.test(value.replaceAll('\t', ' ')))
      refused.push(`the header ${name}: control characters in its value`);
    else if (before === undefined) headers.set(key, [name, value]);
    else headers.set(key, [before[0], `${before[1]}${key === 'cookie' ? '; ' : ', '}${value}`]);
  }
  return { headers: [...headers.values()], noise: [...noise], refused };
};

/** The value of a header, whatever the case of its name. */
export const headerValue = (headers: HeaderList, name: string): string | undefined =>
  headers.find(([other]) => other.toLowerCase() === name)?.[1];

export const withoutHeader = (headers: HeaderList, name: string): HeaderList =>
  headers.filter(([other]) => other.toLowerCase() !== name);

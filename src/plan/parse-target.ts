import { formatTemplate, type TemplatePart } from './template.ts';

/** Where requests go: `hostname` is the URL's, so an IPv6 address is in brackets and 0x7f.1 is 127.0.0.1. */
export type ParsedTarget =
  | { readonly kind: 'target'; readonly target: string; readonly hostname: string }
  | { readonly kind: 'problem'; readonly expected: string };

const problem = (expected: string): ParsedTarget => ({ kind: 'problem', expected });

/** The URL parser repairs what it can; what it would repair silently is refused here. */
const written = /^https?:\/\/[^\s\\/]/i;

/** Reads `http(s)://host[:port][/base/path]`, in the spelling of the URL standard, without a trailing slash. */
export const parseTarget = (text: string): ParsedTarget => {
  if (/^ecs:/i.test(text))
    return problem('an http or https origin; the form ecs: is reserved for a later version');
  if (!written.test(text)) return problem('an http or https origin, such as http://127.0.0.1:8080');
  if (/[\s\\]/.test(text)) return problem('an origin without spaces and backslashes');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.port === '0')
    return problem('a host and port that can exist, such as http://127.0.0.1:8080');
  if (url.username !== '' || url.password !== '' || /^[^/]*\/\/[^/?#]*@/.test(text)) {
    return problem('an origin without user name and password; send an authorization header instead');
  }
  if (/[?#]/.test(text)) return problem('an origin and base path, without a query or fragment');
  return { kind: 'target', target: url.origin + url.pathname.replace(/\/+$/, ''), hostname: url.hostname };
};

export type ParsedStepUrl =
  /** `hostname` only for an absolute URL. */
  | { readonly kind: 'url'; readonly url: string; readonly hostname?: string }
  | { readonly kind: 'problem'; readonly expected: string };

/** Characters that can't stand in a request line, as the URL standard would encode them. */
const encodeIllegal = (text: string): string =>
  text.toWellFormed().replace(/[^\x21-\x7e]+|["<>\\^`{|}]/g, encodeURIComponent);

/**
 * Reads a step's URL: a path that starts with `/`, or an absolute URL whose origin has no variables, because the
 * origin is what the allowed targets are checked against before anything is sent.
 */
export const parseStepUrl = (parts: readonly TemplatePart[]): ParsedStepUrl => {
  const [first, ...others] = parts;
  const start = first?.kind === 'text' ? first.text : '';
  const texts = parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
  if (/\s/.test(texts)) return { kind: 'problem', expected: 'a path or URL without spaces; write %20' };
  if (texts.includes('#')) return { kind: 'problem', expected: 'a path or URL without a fragment (#)' };
  const encoded = (rest: readonly TemplatePart[]): string =>
    formatTemplate(
      rest.map((part) => (part.kind === 'text' ? { ...part, text: encodeIllegal(part.text) } : part)),
    );
  if (start.startsWith('/')) return { kind: 'url', url: encoded(parts) };

  const origin = /^https?:\/\/[^/?]*/i.exec(start)?.[0];
  if (origin === undefined)
    return { kind: 'problem', expected: 'a path that starts with /, or an http(s) URL' };
  const rest = start.slice(origin.length);
  if (rest === '' && others.length > 0) {
    return {
      kind: 'problem',
      expected: 'a URL whose host and port are written out; variables may follow the first /',
    };
  }
  const parsed = parseTarget(origin);
  if (parsed.kind === 'problem') return parsed;
  const path: TemplatePart = { kind: 'text', text: rest.startsWith('/') ? rest : `/${rest}` };
  return { kind: 'url', url: parsed.target + encoded([path, ...others]), hostname: parsed.hostname };
};

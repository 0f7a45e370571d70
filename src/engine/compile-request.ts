import type { RequestStep } from '../plan/plan.ts';
import { formatTemplate, parseTemplate } from '../plan/template.ts';
import type { ArrivalScope } from './arrival-scope.ts';
import { asIs, type CompiledText, compileText, constantText, joinTexts, renderText } from './compile-text.ts';
import { encodeForForm, encodeForHeader, encodeForJson, encodeForUrl } from './encode-value.ts';
import { type Origin, parseOrigin } from './origin.ts';

/** A request step, ready to be sent as often as arrivals come. */
export interface CompiledRequest {
  readonly origin: Origin;
  readonly toHead: boolean;
  /** Sending it twice is as good as once (RFC 9110, 9.2.2), so it may be tried again on a fresh connection. */
  readonly idempotent: boolean;
  readonly closes: boolean;
  /** The request's bytes; the same ones each time when nothing in it varies. Throws `BadRequest`. */
  bytes(scope: ArrivalScope): Buffer;
}

export const userAgent = 'stormdrain/0.1.0';

const idempotentMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);
const methodsWithBody = new Set(['POST', 'PUT', 'PATCH']);
/** They say where the body ends, which is the engine's own business. */
const framingHeaders = new Set(['content-length', 'transfer-encoding']);
const encoders = { text: asIs, json: encodeForJson, form: encodeForForm } as const;

/** The literal text of a URL is encoded like values, but its fragment is cut off. A `#` between braces begins none. */
const withoutFragment = (url: string): string => {
  const parts = parseTemplate(url);
  const last = parts.findIndex((part) => part.kind === 'text' && part.text.includes('#'));
  if (last < 0) return url;
  const kept = parts.slice(0, last + 1).map((part, index) => {
    return part.kind === 'text' && index === last ? { ...part, text: part.text.replace(/#.*$/s, '') } : part;
  });
  return formatTemplate(kept);
};

const compileUrl = (
  url: string,
  target: string,
  constants: ReadonlyMap<string, string>,
): { readonly origin: Origin; readonly path: CompiledText } => {
  const { origin, rest } = parseOrigin(/^https?:\/\//i.test(url) ? url : `${target}${url}`);
  const path = compileText(withoutFragment(rest), constants, encodeForUrl, encodeForUrl);
  const begins = path[0];
  return {
    origin,
    path: typeof begins === 'string' && begins.startsWith('/') ? path : joinTexts([['/'], path]),
  };
};

const compileHeaders = (
  step: RequestStep,
  origin: Origin,
  constants: ReadonlyMap<string, string>,
): CompiledText => {
  const given = new Set(step.headers.map(([name]) => name.toLowerCase()));
  const texts: CompiledText[] = [];
  if (!given.has('host')) texts.push([`host: ${origin.authority}\r\n`]);
  if (!given.has('user-agent')) texts.push([`user-agent: ${userAgent}\r\n`]);
  if (!given.has('accept')) texts.push(['accept: */*\r\n']);
  for (const [name, value] of step.headers) {
    if (framingHeaders.has(name.toLowerCase())) continue;
    const encode = encodeForHeader(name);
    texts.push([`${name}: `], compileText(value, constants, encode, encode), ['\r\n']);
  }
  return joinTexts(texts);
};

const headerOf = (step: RequestStep, name: string): string | undefined =>
  step.headers.find(([each]) => each.toLowerCase() === name)?.[1];

/**
 * Compiles a step. `constants` are the variables that are the same for every arrival of the scenario. A relative URL
 * is appended to `target`, base path included. `content-length` and `transfer-encoding` of the plan are left out.
 */
export const compileRequest = (
  step: RequestStep,
  target: string,
  constants: ReadonlyMap<string, string>,
): CompiledRequest => {
  const { origin, path } = compileUrl(step.url, target, constants);
  const headers = compileHeaders(step, origin, constants);
  const head = joinTexts([[`${step.method} `], path, [' HTTP/1.1\r\n'], headers]);
  const body: CompiledText =
    step.body === undefined ? [] : compileText(step.body.template, constants, encoders[step.body.format]);
  const sendsLength = step.body !== undefined || methodsWithBody.has(step.method);
  const bytes = (scope: ArrivalScope): Buffer => {
    const text = renderText(head, scope);
    if (!sendsLength) return Buffer.from(`${text}\r\n`, 'utf8');
    const content = renderText(body, scope);
    const length = Buffer.byteLength(content, 'utf8');
    return Buffer.from(`${text}content-length: ${length}\r\n\r\n${content}`, 'utf8');
  };
  const isConstant = constantText(head) !== undefined && constantText(body) !== undefined;
  let ready: Buffer | undefined;
  return {
    origin,
    toHead: step.method === 'HEAD',
    idempotent: idempotentMethods.has(step.method),
    closes: /(^|,)\s*close\s*(,|$)/i.test(headerOf(step, 'connection') ?? ''),
    bytes(scope) {
      if (!isConstant) return bytes(scope);
      ready ??= bytes(scope);
      return ready;
    },
  };
};

import { isAscii } from 'node:buffer';
import type { RequestStep } from '../../plan/plan.ts';
import { formatTemplate, parseTemplate } from '../../plan/template.ts';
import { type Origin, parseOrigin } from '../origin.ts';
import type { OutgoingRequest, RequestMessage } from '../transport.ts';
import type { ArrivalScope } from './arrival-scope.ts';
import { compileBasicAuth } from './compile-basic-auth.ts';
import { compileContent } from './compile-content.ts';
import { type CompiledText, compileText, constantText, joinTexts, renderText } from './compile-text.ts';
import { encodeForHeader, encodeForUrl } from './encode-value.ts';
import type { CompiledContent, UploadedFiles } from './request-content.ts';
import type { RequestFeatures } from './request-features.ts';

/** A request step, ready to be sent as often as arrivals come. */
export interface CompiledRequest {
  readonly method: string;
  /** The request of an arrival; the same one each time when nothing in it varies. Throws `BadRequest`. */
  outgoing(scope: ArrivalScope): OutgoingRequest;
}

/** What a request takes from the plan around its step. */
export interface RequestSetting {
  /** What a relative URL is appended to, base path included. */
  readonly target: string;
  /** The variables that are the same for every arrival of the scenario. */
  readonly constants: ReadonlyMap<string, string>;
  /** Requests are made as messages, for whoever has to change or take them apart; else as bytes of HTTP/1.1. */
  readonly asMessages: boolean;
  /** False: each request asks to close its connection. */
  readonly keepAlive: boolean;
  readonly files: UploadedFiles;
  /** What the step asks for around its request; undefined when that is nothing. */
  readonly features: RequestFeatures | undefined;
}

export const userAgent = 'stormdrain/0.1.0';

const idempotentMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);
const methodsWithBody = new Set(['POST', 'PUT', 'PATCH']);
/** They say where the body ends, which is the engine's own business. */
const framingHeaders = new Set(['content-length', 'transfer-encoding']);

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

type CompiledHeader = readonly [name: string, value: CompiledText];

/** What is sent with every request unless the plan says otherwise, then the plan's own. */
const compileHeaders = (
  step: RequestStep,
  content: CompiledContent | undefined,
  constants: ReadonlyMap<string, string>,
): readonly CompiledHeader[] => {
  const headers: CompiledHeader[] = [];
  if (headerOf(step, 'user-agent') === undefined) headers.push(['user-agent', [userAgent]]);
  if (headerOf(step, 'accept') === undefined) headers.push(['accept', ['*/*']]);
  if (step.auth !== undefined) headers.push(['authorization', compileBasicAuth(step.auth, constants)]);
  if (content?.contentType !== undefined) headers.push(['content-type', [content.contentType]]);
  for (const [name, value] of step.headers) {
    const lowered = name.toLowerCase();
    if (framingHeaders.has(lowered)) continue;
    // Only the engine knows the boundary.
    if (lowered === 'content-type' && content?.contentType !== undefined) continue;
    const encode = encodeForHeader(name);
    headers.push([name, compileText(value, constants, encode, encode)]);
  }
  return headers;
};

const headerOf = (step: RequestStep, name: string): string | undefined =>
  step.headers.find(([each]) => each.toLowerCase() === name)?.[1];

/** Undefined when the request has none; a method that is expected to have one sends an empty one. */
const compileBody = (
  step: RequestStep,
  constants: ReadonlyMap<string, string>,
  files: UploadedFiles,
): CompiledContent | undefined => {
  if (step.body !== undefined) return compileContent(step.body, constants, files);
  if (!methodsWithBody.has(step.method)) return undefined;
  return compileContent({ format: 'text', template: '' }, constants, files);
};

interface RequestParts {
  readonly method: string;
  readonly origin: Origin;
  readonly path: CompiledText;
  readonly headers: readonly CompiledHeader[];
  readonly content: CompiledContent | undefined;
  readonly closes: boolean;
}

/** Renders the request's bytes; literal neighbours are joined now, so that a request has few pieces. */
const bytesOf = (parts: RequestParts): ((scope: ArrivalScope) => Buffer) => {
  const { method, origin, path, headers, content, closes } = parts;
  const isGiven = (name: string): boolean => headers.some(([each]) => each.toLowerCase() === name);
  const host: CompiledText = isGiven('host') ? [] : [`host: ${origin.authority}\r\n`];
  const connection: CompiledText = closes && !isGiven('connection') ? ['connection: close\r\n'] : [];
  const lines = headers.map(([name, value]) => joinTexts([[`${name}: `], value, ['\r\n']]));
  const head = joinTexts([[`${method} `], path, [' HTTP/1.1\r\n'], host, ...lines, connection]);
  if (content === undefined) return (scope) => Buffer.from(`${renderText(head, scope)}\r\n`, 'utf8');
  const { text } = content;
  if (text === undefined) {
    return (scope) => {
      const body = content.render(scope);
      const lines = `${renderText(head, scope)}content-length: ${body.length}\r\n\r\n`;
      return Buffer.concat([Buffer.from(lines, 'utf8'), body]);
    };
  }
  return (scope) => {
    const lines = renderText(head, scope);
    const body = renderText(text, scope);
    const length = Buffer.byteLength(body, 'utf8');
    return Buffer.from(`${lines}content-length: ${length}\r\n\r\n${body}`, 'utf8');
  };
};

const messageOf =
  ({ method, path, headers, content }: RequestParts) =>
  (scope: ArrivalScope): RequestMessage => ({
    method,
    path: renderText(path, scope),
    headers: headers.map(([name, value]) => [name, renderText(value, scope)]),
    body: content?.render(scope),
  });

const isConstant = ({ path, headers, content }: RequestParts): boolean =>
  [path, ...headers.map(([, value]) => value)].every((text) => constantText(text) !== undefined) &&
  (content === undefined || content.constant !== undefined);

/** Longer ones would be copied once more on their way. */
const longestText = 8 * 1024;

const withText = (request: OutgoingRequest): OutgoingRequest => {
  const { form } = request;
  const isText = Buffer.isBuffer(form) && form.length <= longestText && isAscii(form);
  return isText ? { ...request, ascii: form.toString('latin1') } : request;
};

/** Compiles a step. `content-length` and `transfer-encoding` of the plan are left out. */
export const compileRequest = (step: RequestStep, setting: RequestSetting): CompiledRequest => {
  const { target, constants, asMessages, keepAlive, files, features } = setting;
  const { method } = step;
  const { origin, path } = compileUrl(step.url, target, constants);
  const content = compileBody(step, constants, files);
  const headers = compileHeaders(step, content, constants);
  const closes = !keepAlive || /(^|,)\s*close\s*(,|$)/i.test(headerOf(step, 'connection') ?? '');
  const parts: RequestParts = { method, origin, path, headers, content, closes };
  const form = asMessages ? messageOf(parts) : bytesOf(parts);
  const idempotent = idempotentMethods.has(method);
  const isLasting = isConstant(parts);
  const render = (scope: ArrivalScope): OutgoingRequest => ({
    origin,
    method,
    idempotent,
    closes,
    isLasting,
    form: form(scope),
    features,
  });
  if (!isLasting) return { method, outgoing: render };
  let ready: OutgoingRequest | undefined;
  return {
    method,
    outgoing(scope) {
      ready ??= withText(render(scope));
      return ready;
    },
  };
};

import type { DocumentPath } from '../document/document-source.ts';
import type { Report } from '../document/findings.ts';
import type { AddressGuard } from './allowed-targets.ts';
import { checkAuth, checkCredentials, decideCredentials } from './compile-auth.ts';
import { compileBody } from './compile-body.ts';
import type { FileCompiler } from './compile-files.ts';
import { compileCaptures, compileExpectations } from './compile-response.ts';
import { type methodKeys, type RequestDocument, requestDocument } from './document-steps.ts';
import { parseStepUrl } from './parse-target.ts';
import type { RequestStep } from './plan.ts';
import { checkHook, type PlanHooks } from './plan-hooks.ts';
import { readTemplate, type Scope } from './plan-variables.ts';

type Headers = Readonly<Record<string, string>>;

/** What the plan says for requests that don't say it themselves. */
export interface RequestDefaults {
  readonly headers: Headers;
  readonly auth: RequestDocument['auth'];
  readonly timeoutSeconds: number;
  readonly redirects: number;
}

/** What the steps of a scenario have around them. `scope` grows as captures are met. */
export interface StepSurroundings {
  readonly defaults: RequestDefaults;
  readonly files: FileCompiler;
  readonly hooks: PlanHooks;
  readonly guard: AddressGuard;
  readonly scope: Scope;
  readonly report: Report;
}

/** Reports a header that is there twice in different case. */
export const checkHeaderNames = (headers: Headers, path: DocumentPath, report: Report): void => {
  const names = new Set<string>();
  for (const name of Object.keys(headers)) {
    if (names.has(name.toLowerCase()))
      report({ path: [...path, name], of: 'key', expected: 'each header once, in any case' });
    names.add(name.toLowerCase());
  }
};

const checkHeaders = (headers: Headers, path: DocumentPath, scope: Scope, report: Report): void => {
  for (const [name, value] of Object.entries(headers)) readTemplate(value, [...path, name], scope, report);
};

const mergeHeaders = (planWide: Headers, step: Headers, contentType: string | undefined) => {
  const merged = new Map<string, readonly [name: string, value: string]>();
  for (const header of [...Object.entries(planWide), ...Object.entries(step)]) {
    merged.set(header[0].toLowerCase(), header);
  }
  if (contentType !== undefined && !merged.has('content-type')) {
    merged.set('content-type', ['content-type', contentType]);
  }
  return merged;
};

/** Headers and credentials, the step's before the plan's. */
const compileHead = (
  request: RequestDocument,
  path: DocumentPath,
  contentType: string | undefined,
  { defaults, scope, report }: StepSurroundings,
): Pick<RequestStep, 'headers' | 'auth'> => {
  const step = { headers: request.headers ?? {}, auth: request.auth };
  const headersPath = [...path, 'headers'];
  checkHeaders(defaults.headers, ['headers'], scope, report);
  checkHeaderNames(step.headers, headersPath, report);
  checkHeaders(step.headers, headersPath, scope, report);
  checkAuth(defaults.auth, ['auth'], scope, report);
  checkAuth(step.auth, [...path, 'auth'], scope, report);
  checkCredentials(step, path, report);
  const { planHeaders, auth } = decideCredentials(step, defaults);
  const merged = mergeHeaders(planHeaders, step.headers, contentType);
  if (request.multipart !== undefined) {
    merged.delete('content-type');
    const own = Object.keys(step.headers).find((name) => name.toLowerCase() === 'content-type');
    if (own !== undefined) {
      const expected = 'a header other than content-type, which is written for you with multipart';
      report({ path: [...headersPath, own], of: 'key', expected });
    }
  }
  return { headers: [...merged.values()], ...(auth === undefined ? {} : { auth }) };
};

const compileUrl = (text: string, path: DocumentPath, { guard, scope, report }: StepSurroundings): string => {
  const parts = readTemplate(text, path, scope, report);
  if (parts === undefined) return text;
  const parsed = parseStepUrl(parts);
  if (parsed.kind === 'problem') {
    report({ path, expected: parsed.expected });
    return text;
  }
  const refusal = parsed.hostname === undefined ? undefined : guard.refusesHost(parsed.hostname);
  if (refusal !== undefined) report({ path, code: 'target-not-allowed', expected: refusal });
  return parsed.url;
};

const compileHooks = (
  { before, after }: RequestDocument,
  path: DocumentPath,
  { hooks, scope, report }: StepSurroundings,
): Pick<RequestStep, 'before' | 'after'> => {
  if (before !== undefined) checkHook('before', before, path, hooks, report);
  if (after !== undefined) checkHook('after', after, path, hooks, report);
  // What a hook sets is known only when it runs.
  if (before !== undefined || after !== undefined) scope.complete = false;
  return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
};

/** The fields that can be read, so that a mistake in one doesn't hide those in others. */
export const readableFields = (step: Readonly<Record<string, unknown>>): RequestDocument =>
  Object.fromEntries(
    Object.entries(requestDocument.shape).flatMap(([key, field]) => {
      const value = field.safeParse(step[key]).data;
      return value === undefined ? [] : [[key, value]];
    }),
  );

/** The request as far as it can be read; undefined when there is no telling where it goes. */
export const compileRequest = (
  method: (typeof methodKeys)[number],
  request: RequestDocument,
  path: DocumentPath,
  around: StepSurroundings,
): RequestStep | undefined => {
  const { defaults, scope, report } = around;
  const written = request[method];
  const url = written === undefined ? '' : compileUrl(written, [...path, method], around);
  const body = compileBody(request, path, around);
  const head = compileHead(request, path, body?.contentType, around);
  const hooks = compileHooks(request, path, around);
  const expect = compileExpectations(request.expect ?? {}, [...path, 'expect'], scope, report);
  if (written === undefined) return undefined;
  return {
    kind: 'request',
    name: request.name ?? `${method.toUpperCase()} ${written}`,
    method: method.toUpperCase(),
    url,
    ...head,
    ...(body === undefined ? {} : { body: body.body }),
    redirects: request.redirects ?? defaults.redirects,
    ...hooks,
    timeoutSeconds: request.timeout ?? defaults.timeoutSeconds,
    expect,
    capture: compileCaptures(request.capture ?? {}),
  };
};

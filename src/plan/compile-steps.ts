import type { AddressGuard } from './allowed-targets.ts';
import { compileBody } from './compile-body.ts';
import { compileCaptures, compileExpectations } from './compile-response.ts';
import {
  methodKeys,
  type RequestDocument,
  requestDocument,
  requestKeys,
  stepDocument,
} from './document-steps.ts';
import { parseStepUrl } from './parse-target.ts';
import type { RequestStep, Step } from './plan.ts';
import { isMapping, type Report } from './plan-findings.ts';
import type { DocumentPath } from './plan-source.ts';
import { readTemplate, type Scope } from './plan-variables.ts';

/** What the steps of a scenario have around them. `scope` grows as captures are met. */
export interface StepSurroundings {
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly guard: AddressGuard;
  readonly scope: Scope;
  readonly report: Report;
}

type RawStep = Readonly<Record<string, unknown>>;

const kindKeys = [...methodKeys, 'think', 'repeat'] as const;
const kindsText = `one of ${kindKeys.join(', ')}`;

const companionsOf = (kind: string): readonly string[] => {
  if (kind === 'think') return [];
  return kind === 'repeat' ? ['steps'] : requestKeys;
};

/** The one key that says what the step is; reports none, several, and keys that don't go with it. */
const kindOf = (step: RawStep, path: DocumentPath, report: Report): (typeof kindKeys)[number] | undefined => {
  const [kind, ...others] = kindKeys.filter((key) => Object.hasOwn(step, key));
  if (kind === undefined) {
    report({ path, expected: `a step with ${kindsText}` });
    return undefined;
  }
  for (const other of others)
    report({ path: [...path, other], of: 'key', expected: `a step of its own; this one is ${kind}` });
  const companions: readonly string[] = [...kindKeys, ...companionsOf(kind)];
  for (const key of Object.keys(step)) {
    if (companions.includes(key) || !Object.hasOwn(stepDocument.shape, key)) continue;
    report({ path: [...path, key], of: 'key', expected: `a key that goes with ${kind}` });
  }
  return kind;
};

/** Reports a header that is there twice in different case. */
export const checkHeaderNames = (headers: RawStep, path: DocumentPath, report: Report): void => {
  const names = new Set<string>();
  for (const name of Object.keys(headers)) {
    if (names.has(name.toLowerCase()))
      report({ path: [...path, name], of: 'key', expected: 'each header once, in any case' });
    names.add(name.toLowerCase());
  }
};

const compileHeaders = (
  step: Readonly<Record<string, string>>,
  path: DocumentPath,
  contentType: string | undefined,
  { headers: planWide, scope, report }: StepSurroundings,
): RequestStep['headers'] => {
  const merged = new Map<string, readonly [string, string]>();
  for (const [name, value] of Object.entries(planWide)) {
    merged.set(name.toLowerCase(), [name, value]);
    readTemplate(value, ['headers', name], scope, report);
  }
  checkHeaderNames(step, path, report);
  for (const [name, value] of Object.entries(step)) {
    merged.set(name.toLowerCase(), [name, value]);
    readTemplate(value, [...path, name], scope, report);
  }
  if (contentType !== undefined && !merged.has('content-type')) {
    merged.set('content-type', ['content-type', contentType]);
  }
  return [...merged.values()];
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

/** The fields that can be read, so that a mistake in one doesn't hide those in others. */
const readableFields = (step: RawStep): RequestDocument =>
  Object.fromEntries(
    Object.entries(requestDocument.shape).flatMap(([key, field]) => {
      const value = field.safeParse(step[key]).data;
      return value === undefined ? [] : [[key, value]];
    }),
  );

const compileRequest = (
  method: (typeof methodKeys)[number],
  request: RequestDocument,
  path: DocumentPath,
  around: StepSurroundings,
): RequestStep | undefined => {
  const { scope, report } = around;
  const written = request[method];
  const body = compileBody(request, path, scope, report);
  const headers = compileHeaders(request.headers ?? {}, [...path, 'headers'], body?.contentType, around);
  const expect = compileExpectations(request.expect ?? {}, [...path, 'expect'], scope, report);
  if (written === undefined) return undefined;
  return {
    kind: 'request',
    name: request.name ?? `${method.toUpperCase()} ${written}`,
    method: method.toUpperCase(),
    url: compileUrl(written, [...path, method], around),
    headers,
    ...(body === undefined ? {} : { body: body.body }),
    timeoutSeconds: request.timeout ?? around.timeoutSeconds,
    expect,
    capture: compileCaptures(request.capture ?? {}),
  };
};

const compileStep = (raw: unknown, path: DocumentPath, around: StepSurroundings): Step | undefined => {
  if (!isMapping(raw)) return undefined;
  const kind = kindOf(raw, path, around.report);
  if (kind === 'think') {
    const range = stepDocument.shape.think.safeParse(raw.think).data;
    return range === undefined ? undefined : { kind, ...range };
  }
  if (kind === 'repeat') {
    if (!Object.hasOwn(raw, 'steps')) around.report({ path, expected: 'steps to repeat' });
    const steps = compileSteps(raw.steps, [...path, 'steps'], around);
    const times = stepDocument.shape.repeat.safeParse(raw.repeat).data;
    return times === undefined ? undefined : { kind, times, steps };
  }
  const step = kind === undefined ? undefined : compileRequest(kind, readableFields(raw), path, around);
  // Also what a step with mistakes captures is known to later steps: one mistake is reported once.
  for (const name of Object.keys(isMapping(raw.capture) ? raw.capture : {})) around.scope.names.add(name);
  return step;
};

/** The steps as far as they can be read; what can't has been reported here or by the schema. */
export const compileSteps = (
  written: unknown,
  path: DocumentPath,
  around: StepSurroundings,
): readonly Step[] =>
  (Array.isArray(written) ? written : [])
    .map((step, index) => compileStep(step, [...path, index], around))
    .filter((step) => step !== undefined);

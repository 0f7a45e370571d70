import type { DocumentPath } from '../document/document-source.ts';
import type { Report } from '../document/findings.ts';
import type { RequestDocument } from './document-steps.ts';
import type { RequestStep } from './plan.ts';
import { readTemplate, type Scope } from './plan-variables.ts';

type Headers = Readonly<Record<string, string>>;
type Auth = NonNullable<RequestStep['auth']>;

/** What a plan, or a step, says about who sends a request. */
export interface Credentials {
  readonly headers: Headers;
  readonly auth: RequestDocument['auth'];
}

const isAuthorization = (name: string): boolean => name.toLowerCase() === 'authorization';

const withoutAuthorization = (headers: Headers): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !isAuthorization(name)));

/** Reports basic authentication beside an `authorization` header of the same level. */
export const checkCredentials = (
  { headers, auth }: Credentials,
  path: DocumentPath,
  report: Report,
): void => {
  if (auth === undefined || !Object.keys(headers).some(isAuthorization)) return;
  report({
    path: [...path, 'auth'],
    of: 'key',
    expected: 'either auth or an authorization header, not both',
  });
};

/**
 * The plan-wide headers that a step still takes, and its basic authentication: the step's own header or auth beats the
 * plan's, whichever of the two it is.
 */
export const decideCredentials = (
  step: Credentials,
  plan: Credentials,
): { readonly planHeaders: Headers; readonly auth?: Auth } => {
  if (step.auth !== undefined) return { planHeaders: withoutAuthorization(plan.headers), auth: step.auth };
  if (plan.auth === undefined || Object.keys(step.headers).some(isAuthorization)) {
    return { planHeaders: plan.headers };
  }
  return { planHeaders: withoutAuthorization(plan.headers), auth: plan.auth };
};

/** Reads the templates of basic authentication. RFC 7617, 2: the first colon ends the user name. */
export const checkAuth = (auth: Auth | undefined, path: DocumentPath, scope: Scope, report: Report): void => {
  if (auth === undefined) return;
  const user = readTemplate(auth.user, [...path, 'user'], scope, report) ?? [];
  if (user.some((part) => part.kind === 'text' && part.text.includes(':'))) {
    report({ path: [...path, 'user'], expected: 'a user name without a colon' });
  }
  readTemplate(auth.password, [...path, 'password'], scope, report);
};

import { isMapping } from '../document/findings.ts';
import { requestDocument } from '../plan/document-steps.ts';
import { parseTemplate } from '../plan/template.ts';

type Step = Readonly<Record<string, unknown>>;
type Field = keyof typeof requestDocument.shape;

const isField = (key: string): key is Field => Object.hasOwn(requestDocument.shape, key);

/** What a plan expects instead of this value; undefined when the value is right. */
const expectedOf = (key: Field, value: unknown): string | undefined =>
  requestDocument.shape[key].safeParse(value).error?.issues[0]?.message;

/** Mappings whose entries stand for themselves, so that one can go without the others. */
const mappings: readonly string[] = ['headers', 'form', 'multipart', 'expect', 'capture'];

const fitMapping = (key: Field, value: Step, leave: (what: string) => void): Step | undefined => {
  const entries = Object.entries(value).filter(([name, item]) => {
    const expected = expectedOf(key, { [name]: item });
    if (expected !== undefined) leave(`${key} ${name}: a plan has ${expected}`);
    return expected === undefined;
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
};

const hasAuthorization = (headers: unknown): boolean =>
  isMapping(headers) && Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');

/** Basic authentication as it may be: not beside a header of its own, and without a colon in the user name. */
const authProblem = ({ auth, headers }: Step): string | undefined => {
  if (!isMapping(auth)) return undefined;
  if (hasAuthorization(headers)) return 'the authorization header is there already';
  const user = parseTemplate(String(auth.user));
  return user.some((part) => part.kind === 'text' && part.text.includes(':'))
    ? 'a user name has no colon'
    : undefined;
};

/** The step without what no plan may say, each such thing told. Only what is in the source can be wrong here. */
export const fitStep = (step: Step, leave: (what: string) => void): Step => {
  const fit = Object.entries(step).flatMap(([key, value]): readonly (readonly [string, unknown])[] => {
    if (!isField(key) || expectedOf(key, value) === undefined) return [[key, value]];
    const kept = mappings.includes(key) && isMapping(value) ? fitMapping(key, value, leave) : undefined;
    if (!mappings.includes(key)) leave(`${key}: a plan has ${expectedOf(key, value)}`);
    return kept === undefined ? [] : [[key, kept]];
  });
  const fitted = Object.fromEntries(fit);
  const problem = authProblem(fitted);
  if (problem === undefined) return fitted;
  leave(`auth: ${problem}`);
  const { auth: _, ...others } = fitted;
  return others;
};

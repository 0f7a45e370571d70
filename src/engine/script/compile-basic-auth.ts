import {
  asIs,
  BadRequest,
  type CompiledText,
  compileText,
  constantText,
  renderText,
} from './compile-text.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const control = /[\0-\x1f\x7f]/;

/** The value of an `authorization` header (RFC 7617, in UTF-8). */
const basicCredentials = (user: string, password: string): string => {
  if (user.includes(':')) throw new BadRequest('the user of basic authentication has a colon');
  if (control.test(user) || control.test(password)) {
    throw new BadRequest('user or password of basic authentication has a control character');
  }
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
};

/** Compiles the two templates; encoded once when neither varies. What can't be encoded fails the requests. */
export const compileBasicAuth = (
  auth: { readonly user: string; readonly password: string },
  constants: ReadonlyMap<string, string>,
): CompiledText => {
  const user = compileText(auth.user, constants);
  const password = compileText(auth.password, constants);
  const [fixedUser, fixedPassword] = [constantText(user), constantText(password)];
  if (fixedUser !== undefined && fixedPassword !== undefined) {
    try {
      return [basicCredentials(fixedUser, fixedPassword)];
    } catch {
      // Said again for each request.
    }
  }
  return [
    {
      label: 'auth',
      encode: asIs,
      value: (scope) => basicCredentials(renderText(user, scope), renderText(password, scope)),
    },
  ];
};

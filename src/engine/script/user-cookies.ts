import { CookieJar } from 'tough-cookie';
import { headerText } from './header-text.ts';

/** Targets are `localhost`, addresses and names without a dot as often as real domains. */
const jarOptions = { allowSpecialUseDomain: true, rejectPublicSuffixes: false, looseMode: true } as const;

/** Neither a name nor a value: browsers ignore it, the library's loose mode doesn't. */
const isEmpty = /^\s*=?\s*(?:;|$)/;

const keep = (jar: CookieJar, line: string, url: string): void => {
  try {
    jar.setCookieSync(line, url, { ignoreError: true });
  } catch {
    // Of a domain that can't be one, `ignoreError` notwithstanding.
  }
};

/** The cookies of one virtual user. Keeps no jar until it is given one. */
export class UserCookies {
  #jar: CookieJar | undefined;

  /** Takes what the `set-cookie` lines of a response say; what is no cookie, or not for this URL, is passed over. */
  take(lines: readonly string[], url: string): void {
    if (lines.length === 0) return;
    this.#jar ??= new CookieJar(undefined, jarOptions);
    for (const line of lines) if (!isEmpty.test(line)) keep(this.#jar, headerText(line), url);
  }

  /** Somebody else has them from now on. */
  forget(): void {
    this.#jar = undefined;
  }

  /** The value of a `cookie` header for this URL; undefined when there is none to send. */
  headerFor(url: string): string | undefined {
    const cookies = this.#jar?.getCookieStringSync(url);
    return cookies === '' ? undefined : cookies;
  }
}

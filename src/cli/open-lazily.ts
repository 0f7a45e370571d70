/** What has only methods that answer later, so that the first of them can open it. */
type Patient<Api> = { readonly [Name in keyof Api]: (...given: never[]) => Promise<unknown> };

interface Opened<Api> {
  readonly api: Api;
  close?(): Promise<void>;
}

/**
 * What is opened at its first call, once, and closed only if it was: a command loads what it uses. Its methods are those of
 * what is opened.
 */
export const openLazily = <Api extends Patient<Api>>(
  open: () => Promise<Opened<Api>>,
): { readonly api: Api; close(): Promise<void> } => {
  let opened: Promise<Opened<Api>> | undefined;
  const call = async (name: string | symbol, given: unknown[]): Promise<unknown> => {
    opened ??= open();
    const { api } = await opened;
    return Reflect.apply(Reflect.get(api, name), api, given);
  };
  return {
    api: new Proxy({} as Api, {
      // What has a method "then" would be waited for.
      get: (_, name) => (name === 'then' ? undefined : (...given: unknown[]) => call(name, given)),
    }),
    // What could not be opened was said by whoever asked.
    close: async () => (await opened?.catch(() => undefined))?.close?.(),
  };
};

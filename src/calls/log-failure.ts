/** One line in the log of something that is tried again, or given up, without whoever asked being told why. */
export const logFailure = ({
  error,
  ...where
}: { readonly error: unknown } & Readonly<Record<string, unknown>>): void =>
  console.error(JSON.stringify({ level: 'error', ...where, error: String(error) }));

/** `CallThrottled: Rate exceeded`. */
export const reasonOf = (error: unknown): string => {
  const text = String(error);
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
};

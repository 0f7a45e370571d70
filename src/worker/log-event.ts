/** Says what happens to a worker, for whoever asks its logs. */
export type LogEvent = (event: string, facts?: object) => void;

/** A line of JSON on standard output. */
export const logEvent: LogEvent = (event, facts = {}) =>
  console.log(JSON.stringify({ at: new Date().toISOString(), event, ...facts }));

/** A line of JSON on standard error. */
export const logFailed = (error: unknown, facts: object): void => {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  console.error(
    JSON.stringify({ at: new Date().toISOString(), event: 'failed', ...facts, name, message, stack }),
  );
};

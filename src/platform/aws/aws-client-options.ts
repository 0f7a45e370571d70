/** What every AWS client here is made with: `new XClient(awsClientOptions())`. Endpoint, region and credentials come from the environment. */
export interface AwsClientOptions {
  readonly maxAttempts: number;
  readonly retryMode: 'standard';
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
    readonly socketTimeout: number;
  };
}

/**
 * Bounds every call. The standard mode retries only what may pass, after a random part ("full jitter") of a delay that
 * doubles: from 50 ms, from 1 s when throttled; a budget of retries per client keeps an outage from being made worse.
 * The adaptive mode is not used: it holds calls back by a rate that it guesses, and whoever calls often enough to be
 * throttled has a limiter that knows the real one.
 *
 * `requestSeconds`: until the answer begins; `attempts`: the first one included. Together they must fit the caller's timeout.
 */
export const awsClientOptions = (
  limits: { readonly requestSeconds?: number; readonly attempts?: number } = {},
): AwsClientOptions => {
  const requestMillis = (limits.requestSeconds ?? 10) * 1000;
  return {
    maxAttempts: limits.attempts ?? 4,
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: 2000,
      requestTimeout: requestMillis,
      // Without this the SDK only logs a warning and goes on waiting.
      throwOnRequestTimeout: true,
      // The request timeout ends when the answer begins; this one watches its body.
      socketTimeout: requestMillis,
    },
  };
};

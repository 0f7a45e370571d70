import type { ApiResponse } from './api-message.ts';
import { problemAnswer } from './problems.ts';

const loopbackHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

/**
 * A web page anywhere can make the browser of this machine send requests here. What tells them: a name that was made to
 * resolve to this machine stands in `host` (DNS rebinding), and browsers say in `origin` and `sec-fetch-site` who asks.
 */
export const refuseForeigner = (
  headers: Readonly<Record<string, string | undefined>>,
): ApiResponse | undefined => {
  const { host = '', origin, 'sec-fetch-site': site = 'none' } = headers;
  if (!loopbackHost.test(host))
    return problemAnswer(
      'not-allowed',
      `Expected a request to this machine by its own name, not to "${host.slice(0, 100)}".`,
    );
  if ((origin !== undefined && origin !== `http://${host}`) || !['none', 'same-origin'].includes(site))
    return problemAnswer('not-allowed', 'Web pages of other origins may not use this server.');
  return undefined;
};

import http from 'k6/http';

export const options = {
  discardResponseBodies: true,
  insecureSkipTLSVerify: true,
  scenarios: { main: { executor: 'constant-vus', vus: 50, duration: `${__ENV.SECONDS}s` } },
  summaryTrendStats: ['p(50)', 'p(95)', 'p(99)', 'p(99.9)'],
};

export default function () {
  http.get(__ENV.TARGET);
}

export function handleSummary(data) {
  return { stdout: JSON.stringify(data) };
}

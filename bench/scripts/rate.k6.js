import http from 'k6/http';

export const options = {
  discardResponseBodies: true,
  scenarios: {
    main: {
      executor: 'constant-arrival-rate',
      rate: 1000,
      timeUnit: '1s',
      duration: `${__ENV.SECONDS}s`,
      preAllocatedVUs: 1500,
      maxVUs: 3000,
    },
  },
  summaryTrendStats: ['p(50)', 'p(95)', 'p(99)', 'p(99.9)'],
};

export default function () {
  http.get(__ENV.TARGET);
}

export function handleSummary(data) {
  return { stdout: JSON.stringify(data) };
}

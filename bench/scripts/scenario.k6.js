import { check } from 'k6';
import http from 'k6/http';

export const options = {
  scenarios: { main: { executor: 'constant-vus', vus: 50, duration: `${__ENV.SECONDS}s` } },
  summaryTrendStats: ['p(50)', 'p(95)', 'p(99)', 'p(99.9)'],
};

const target = __ENV.TARGET;
const between = (low, high) => low + Math.floor(Math.random() * (high - low + 1));

export default function () {
  const session = http.post(
    `${target}/sessions`,
    JSON.stringify({ user: `user-${between(1, 1000)}`, plan: 'basic' }),
    { headers: { 'content-type': 'application/json' }, tags: { name: 'POST /sessions' } },
  );
  check(session, { created: (response) => response.status === 201 });
  const token = session.json('token');
  const listed = http.get(`${target}/products?page=${between(1, 20)}`, { tags: { name: 'GET /products' } });
  const product = listed.json('items.2.id');
  const seen = http.get(`${target}/products/${product}`, {
    headers: { authorization: `Bearer ${token}` },
    tags: { name: 'GET /products/:id' },
  });
  check(seen, { available: (response) => response.json('available') === true });
  const put = http.put(`${target}/cart/${product}`, null, {
    headers: { authorization: `Bearer ${token}` },
    tags: { name: 'PUT /cart/:id' },
  });
  check(put, { accepted: (response) => response.body.includes('accepted') });
}

export function handleSummary(data) {
  return { stdout: JSON.stringify(data) };
}

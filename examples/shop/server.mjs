// @ts-check
/**
 * A small shop to test against: answers like a real service does, most requests in a few milliseconds, some in tens,
 * a few much later, three in a thousand with 503. Same seed and same order of requests, same behaviour.
 *
 *   node examples/shop/server.mjs [--port 8080] [--seed 1] [--log]
 *
 * With --log it writes a line for each request: `GET /products/7 200 4.1 ms`, and of its 503s
 * `ERROR POST /orders 503 14.2 ms: the shop is busy`.
 */
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

/** @typedef {{ medianMillis: number, spread: number }} Latency */

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8080' },
    seed: { type: 'string', default: '1' },
    log: { type: 'boolean', default: false },
  },
});

/** mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c (public domain). @param {number} seed */
const seededRandom = (seed) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const random = seededRandom(Number(values.seed));

/** A standard normal value (Box-Muller). */
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Lognormal; one in a hundred takes eight times as long. @param {Latency} latency */
const drawMillis = ({ medianMillis, spread }) =>
  Math.min(medianMillis * Math.exp(spread * normal()) * (random() < 0.01 ? 8 : 1), 400);

const failureShare = 0.003;
const bodyLimit = 64 * 1024;

const products = Array.from({ length: 50 }, (_, index) => ({
  id: index + 1,
  name: `Umbrella no. ${index + 1}`,
  priceCents: 900 + ((index * 370) % 4100),
}));

/** @type {Record<'list' | 'item' | 'order', Latency>} */
const latencies = {
  list: { medianMillis: 8, spread: 0.4 },
  item: { medianMillis: 4, spread: 0.4 },
  order: { medianMillis: 14, spread: 0.5 },
};

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 * @param {unknown} body
 * @param {number} [afterMillis]
 */
const answer = (response, status, body, afterMillis = 0) => {
  const text = JSON.stringify(body);
  const send = () => {
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    response.end(response.req.method === 'HEAD' ? undefined : text);
  };
  if (afterMillis > 0) setTimeout(send, afterMillis);
  else send();
};

/** Answers late as a busy service does, or with its rare 503. @param {import('node:http').ServerResponse} response @param {Latency} latency @param {number} status @param {unknown} body */
const serve = (response, latency, status, body) => {
  const millis = drawMillis(latency);
  if (random() < failureShare) answer(response, 503, { error: 'the shop is busy' }, millis);
  else answer(response, status, body, millis);
};

/** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
const placeOrder = async (request, response) => {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > bodyLimit) return answer(response, 413, { error: 'the order is too large' });
  }
  try {
    const order = JSON.parse(text);
    if (typeof order?.user !== 'string' || order.sku === undefined) throw new Error('incomplete');
    serve(response, latencies.order, 201, { state: 'accepted', user: order.user, sku: order.sku });
  } catch {
    answer(response, 400, { error: 'an order is JSON with a user and a sku' });
  }
};

const writeEveryMillis = 100;

/** Lines that wait to be written together: a write for each would be felt by the requests. @type {string[]} */
let lines = [];

const writeLines = () => {
  if (lines.length > 0) process.stdout.write(lines.join(''));
  lines = [];
};

/** @param {import('node:http').ServerResponse} response @param {string} path @param {number} begunAt */
const logRequest = (response, path, begunAt) => {
  const { req, statusCode } = response;
  const line = `${req.method} ${path} ${statusCode} ${(performance.now() - begunAt).toFixed(1)} ms`;
  if (lines.length === 0) setTimeout(writeLines, writeEveryMillis).unref();
  lines.push(statusCode === 503 ? `ERROR ${line}: the shop is busy\n` : `${line}\n`);
};

const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  if (values.log) {
    const begunAt = performance.now();
    response.once('finish', () => logRequest(response, path, begunAt));
  }
  const reading = request.method === 'GET' || request.method === 'HEAD';
  if (path === '/orders' && request.method === 'POST') {
    placeOrder(request, response).catch(() => response.destroy());
    return;
  }
  request.resume();
  if (path === '/products' && reading) return serve(response, latencies.list, 200, products);
  const id = /^\/products\/(\d+)$/.exec(path)?.[1];
  const product = id === undefined ? undefined : products[Number(id) - 1];
  if (product !== undefined && reading) return serve(response, latencies.item, 200, product);
  answer(response, 404, { error: 'there is no such page' });
});

const close = () => {
  server.close();
  server.closeAllConnections();
  writeLines();
  if (process.connected) process.disconnect();
};
// Whoever reads the lines may leave first, as `head` does; the shop stays open.
process.stdout.on('error', () => undefined);
process.once('SIGTERM', close);
process.once('SIGINT', close);
// Whoever started the shop with a channel wants it to end together with them.
process.once('disconnect', close);
if (process.channel) process.channel.unref();

server.on('error', (error) => {
  process.stderr.write(`the shop can't open: ${error.message}\n`);
  process.exitCode = 1;
  if (process.connected) process.disconnect();
});
server.listen(Number(values.port), '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  process.stdout.write(`listening on http://127.0.0.1:${port}\n`);
  process.send?.({ port });
});

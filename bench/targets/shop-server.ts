import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { serveParent } from './serve-parent.ts';

/** What the four-step scenario is played against: log in, list, look at one, put it in the cart. */

let requests = 0;
const items = Array.from({ length: 10 }, (_, index) => ({ id: 100 + index, name: `Umbrella no. ${index}` }));

const answer = (response: ServerResponse, status: number, body: unknown): void => {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': text.length });
  response.end(text);
};

const logIn = (request: IncomingMessage, response: ServerResponse): void => {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => {
    text += chunk;
  });
  request.on('end', () => {
    const { user } = JSON.parse(text) as { readonly user: string };
    answer(response, 201, { token: `token-of-${user}`, expiresInSeconds: 3600 });
  });
};

const server = createServer((request, response) => {
  requests++;
  const url = request.url ?? '';
  if (request.method === 'POST' && url === '/sessions') return logIn(request, response);
  request.resume();
  if (url.startsWith('/products?')) return answer(response, 200, { page: 1, items });
  const product = /^\/products\/(\d+)$/.exec(url)?.[1];
  if (product !== undefined && request.headers.authorization?.startsWith('Bearer token-of-')) {
    return answer(response, 200, { id: Number(product), available: true, priceCents: 1990 });
  }
  if (request.method === 'PUT' && /^\/cart\/\d+$/.test(url))
    return answer(response, 200, { state: 'accepted' });
  answer(response, 404, { error: 'there is no such page' });
});
server.keepAliveTimeout = 65_000;

serveParent(server, () => ({ requests }));

import { createHmac } from 'node:crypto';
import type { AfterHook, BeforeHook } from 'stormdrain';

/** Signs what is sent, as many services ask of their clients. */
export const sign: BeforeHook = (request, context) => {
  const text = `${request.method} ${request.path}\n${request.body}`;
  const key = context.get('signingKey') ?? '';
  request.headers['x-signature'] = createHmac('sha256', key).update(text).digest('hex');
};

/** A check that no expectation can make: the list is in the order of its numbers. Remembers one of its products. */
export const chooseProduct: AfterHook = (response, context) => {
  const products = response.json() as readonly { readonly id: number }[];
  const wrong = products.findIndex((product, index) => product.id !== index + 1);
  if (wrong >= 0) throw new Error(`product ${wrong + 1} of the list is out of order`);
  context.set('sku', String(1 + Math.floor(context.random() * products.length)));
};

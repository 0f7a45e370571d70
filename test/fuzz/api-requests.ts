import fc from 'fast-check';
import { aPlan, runId } from '../api/builders.ts';

type Schema = { readonly [key: string]: unknown };

export interface FuzzedRequest {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { name: string; in: string; required: boolean; schema: Schema }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
}

const garbage = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom('', '../..', '\u0000', '__proto__', 1e308, -1, 0.5, {}, [], null, 'x'.repeat(5000)),
);

/** Values that a schema describes, most of the time; now and then anything. */
export const valuesOf = (root: Schema, schema: Schema, depth = 0): fc.Arbitrary<unknown> => {
  const reference = schema.$ref;
  if (typeof reference === 'string') {
    const named = reference
      .split('/')
      .slice(1)
      .reduce<unknown>((at, key) => (at as Schema)[key], root);
    return valuesOf(root, named as Schema, depth + 1);
  }
  const right = valuesRight(root, schema, depth);
  return fc.oneof({ arbitrary: right, weight: 15 }, { arbitrary: garbage, weight: 1 });
};

const valuesRight = (root: Schema, schema: Schema, depth: number): fc.Arbitrary<unknown> => {
  if (depth > 8) return garbage;
  const forms = (schema.anyOf ?? schema.oneOf) as readonly Schema[] | undefined;
  if (forms !== undefined) return fc.oneof(...forms.map((form) => valuesOf(root, form, depth + 1)));
  if ('const' in schema) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object':
      return objectsOf(root, schema, depth);
    case 'array':
      return fc.array(valuesOf(root, (schema.items ?? {}) as Schema, depth + 1), { maxLength: 3 });
    case 'integer':
      return fc.integer({
        min: Number(schema.minimum ?? -5),
        max: Math.min(Number(schema.maximum ?? 2000), 2000),
      });
    case 'number':
      return fc.double({ min: 0, max: 200, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'string':
      return typeof schema.pattern === 'string'
        ? fc.stringMatching(new RegExp(schema.pattern))
        : fc.oneof(
            fc.constantFrom('/', '10s', '5', 'http://127.0.0.1:1', 'http://shop.test', 'GET'),
            fc.string(),
          );
    default:
      return garbage;
  }
};

const objectsOf = (root: Schema, schema: Schema, depth: number): fc.Arbitrary<unknown> => {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
  const required = new Set((schema.required ?? []) as readonly string[]);
  if (properties.length === 0) return fc.dictionary(fc.string({ maxLength: 10 }), garbage, { maxKeys: 3 });
  return fc.record(
    Object.fromEntries(properties.map(([name, property]) => [name, valuesOf(root, property, depth + 1)])),
    { requiredKeys: properties.map(([name]) => name).filter((name) => required.has(name)) },
  );
};

const changedPlans: fc.Arbitrary<unknown> = fc
  .tuple(
    fc.constantFrom(...Object.keys(aPlan()), 'thresholds', 'workers', 'extra', 'data'),
    fc.option(garbage),
  )
  .map(([key, value]) => {
    const plan = aPlan();
    if (value === null) delete plan[key];
    else plan[key] = value;
    return plan;
  });

/** Plans that are right, and such with something done to them that may leave them so; as objects and as texts. */
export const plansNearRight: fc.Arbitrary<unknown> = fc
  .tuple(fc.oneof(fc.constant(aPlan()), changedPlans), fc.boolean())
  .map(([plan, asText]) => (asText ? JSON.stringify(plan) : plan));

/** What can stand between two slashes: a client of HTTP resolves `.` and `..` away before it asks (RFC 3986, 5.2.4). */
const segments = fc
  .oneof(fc.constantFrom(runId, 'nightly'), fc.string({ minLength: 1, maxLength: 20 }))
  .filter((segment) => segment !== '.' && segment !== '..');

/** Requests that the document describes, most of the time. */
export const requestsOf = (document: Schema): fc.Arbitrary<FuzzedRequest> => {
  const operations = Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        path,
        method: method.toUpperCase(),
        operation,
      })),
  );
  const starts = operations.filter(({ operation }) => operation.operationId === 'startRun');
  return fc
    .oneof(fc.constantFrom(...operations), fc.constantFrom(...starts))
    .chain(({ path, method, operation }) => {
      const { parameters = [], requestBody, operationId } = operation;
      const schema = requestBody?.content['application/json'].schema;
      const documents = schema === undefined ? fc.constant(undefined) : bodiesOf(document, schema, path);
      return fc
        .tuple(
          segments,
          fc.tuple(...parameters.map((each) => fc.option(valuesOf(document, each.schema)))),
          documents,
          fc.nat(20),
        )
        .map(([id, values, body, spoil]) => {
          const query = new URLSearchParams();
          for (const [index, { name, in: place }] of parameters.entries())
            if (place === 'query' && values[index] !== null) query.append(name, String(values[index]));
          const text = body === undefined ? undefined : JSON.stringify(body);
          return {
            operationId,
            method,
            path: `${path.replace(/\{\w+\}/, encodeURIComponent(id.toWellFormed()))}${query.size === 0 ? '' : `?${query}`}`,
            headers:
              text === undefined ? {} : { 'content-type': spoil === 1 ? 'text/plain' : 'application/json' },
            ...(text === undefined ? {} : { body: spoil === 0 ? text.slice(0, -1) : text }),
          };
        });
    });
};

const bodiesOf = (document: Schema, schema: Schema, path: string): fc.Arbitrary<unknown> => {
  const any = valuesOf(document, schema);
  if (!/runs$|check$|schedules/.test(path)) return any;
  const submissions = fc.record(
    { plan: plansNearRight, workers: fc.integer({ min: 0, max: 1100 }) },
    { requiredKeys: ['plan'] },
  );
  const scheduled = submissions.map((each) => ({ ...each, expression: 'rate(1 hour)' }));
  return fc.oneof(any, path.includes('schedules') ? scheduled : submissions);
};

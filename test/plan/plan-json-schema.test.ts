import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { formatPlanJsonSchema, planJsonSchema } from '../../src/plan/plan-json-schema.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the JSON Schema of plans', () => {
  it('is written out as it is now (else: npm run schema)', () => {
    expect(read('schema/plan.schema.json')).toBe(formatPlanJsonSchema());
  });

  it.each(['examples/shop/plan.yml', 'test/fixtures/plans/everything.yml'])('accepts %s', (path) => {
    const schema = z.fromJSONSchema(JSON.parse(formatPlanJsonSchema()));
    expect(schema.safeParse(parse(read(path))).error?.issues).toBeUndefined();
  });

  it('refuses keys that no plan has', () => {
    const schema = z.fromJSONSchema(JSON.parse(formatPlanJsonSchema()));
    const document = { ...parse(read('examples/shop/plan.yml')), lod: 1 };
    expect(schema.safeParse(document).success).toBe(false);
  });

  it('describes every field', () => {
    const properties = planJsonSchema().properties as Readonly<
      Record<string, { readonly description?: string }>
    >;
    expect(Object.entries(properties).filter(([, field]) => field.description === undefined)).toEqual([]);
  });
});

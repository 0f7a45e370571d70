import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import {
  formatScalingJsonSchema,
  scalingJsonSchema,
} from '../../../src/scaling/policy/scaling-json-schema.ts';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

const examples = ['three-lines', 'fargate-service', 'queue-workers', 'spot-cluster'].map(
  (name) => `examples/scaling/${name}.yaml`,
);

describe('the JSON Schema of scaling policies', () => {
  const schema = z.fromJSONSchema(JSON.parse(formatScalingJsonSchema()));

  it('is written out as it is now (else: npm run schema)', () => {
    expect(read('schema/scaling.schema.json')).toBe(formatScalingJsonSchema());
  });

  it.each(examples)('accepts %s, which names it for editors', (path) => {
    expect(schema.safeParse(parse(read(path))).error?.issues).toBeUndefined();
    expect(read(path).split('\n')[0]).toBe(
      '# yaml-language-server: $schema=../../schema/scaling.schema.json',
    );
  });

  it('refuses keys that no policy has', () => {
    const document = { ...parse(read('examples/scaling/three-lines.yaml')), servics: {} };
    expect(schema.safeParse(document).success).toBe(false);
  });

  it('describes every field', () => {
    const undescribed: string[] = [];
    const look = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      const { properties } = value as { readonly properties?: Readonly<Record<string, object>> };
      for (const [name, field] of Object.entries(properties ?? {})) {
        if (!('description' in field)) undescribed.push(`${path}.${name}`);
      }
      for (const [key, inner] of Object.entries(value)) look(inner, `${path}.${key}`);
    };
    look(scalingJsonSchema(), '');
    expect(undescribed).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { formatOpenApi, openApi } from '../../src/api/open-api.ts';
import { routes } from '../../src/api/routes.ts';
import { packageRoot } from '../../src/cli/package-root.ts';

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(JSON.parse(formatOpenApi(routes)));
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    expect(validator.version).toBe('3.1');
  });

  it('is the one in schema/openapi.json; npm run schema writes it', () => {
    expect(readFileSync(join(packageRoot(), 'schema/openapi.json'), 'utf8')).toBe(formatOpenApi(routes));
  });

  it('refers to nothing that is not there', () => {
    const { components } = openApi(routes) as { components: { schemas: Record<string, unknown> } };
    const references = [...formatOpenApi(routes).matchAll(/"\$ref": "#\/components\/schemas\/([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(50);
    for (const [, name = ''] of references) expect(components.schemas).toHaveProperty([name]);
  });

  it('has every route once', () => {
    const operations = routes.map(({ operationId }) => operationId);
    expect(new Set(operations).size).toBe(operations.length);
    expect(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size).toBe(routes.length);
  });
});

import * as z from 'zod/mini';
import document from '../../schema/openapi.json' with { type: 'json' };

/** `schema/openapi.json`, which scripts/write-schema.ts makes of the routes. */
export const openApiDocument: Readonly<Record<string, unknown>> = document;

export const openApiShape = z.looseObject({ openapi: z.literal('3.1.1') });

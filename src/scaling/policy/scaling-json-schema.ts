import * as z from 'zod';
import { scalingDocument } from './scaling-document.ts';

/**
 * The policy document as JSON Schema, for editors. Draft 7, which the YAML language server knows best. It describes what
 * may be written; `parseScalingPolicy` checks more than a schema can say.
 */
export const scalingJsonSchema = (): Readonly<Record<string, unknown>> => ({
  title: 'stormdrain scaling policy',
  ...z.toJSONSchema(scalingDocument, { io: 'input', target: 'draft-7' }),
});

/** The text of `schema/scaling.schema.json`. */
export const formatScalingJsonSchema = (): string => `${JSON.stringify(scalingJsonSchema(), null, 2)}\n`;

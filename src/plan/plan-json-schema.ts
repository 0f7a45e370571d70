import * as z from 'zod';
import { planDocument } from './plan-document.ts';

/**
 * The plan document as JSON Schema, for editors. Draft 7, which the YAML language server knows best. It describes what
 * may be written; `parsePlan` checks more than a schema can say.
 */
export const planJsonSchema = (): Readonly<Record<string, unknown>> => ({
  title: 'stormdrain test plan',
  ...z.toJSONSchema(planDocument, { io: 'input', target: 'draft-7' }),
});

/** The text of `schema/plan.schema.json`. */
export const formatPlanJsonSchema = (): string => `${JSON.stringify(planJsonSchema(), null, 2)}\n`;

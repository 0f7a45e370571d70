import { writeFileSync } from 'node:fs';
import { formatPlanJsonSchema } from '../src/plan/plan-json-schema.ts';

writeFileSync(new URL('../schema/plan.schema.json', import.meta.url), formatPlanJsonSchema());

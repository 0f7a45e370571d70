import { writeFileSync } from 'node:fs';
import { formatOpenApi } from '../src/api/open-api.ts';
import { routes } from '../src/api/routes.ts';
import { formatPlanJsonSchema } from '../src/plan/plan-json-schema.ts';
import { formatScalingJsonSchema } from '../src/scaling/policy/scaling-json-schema.ts';

writeFileSync(new URL('../schema/plan.schema.json', import.meta.url), formatPlanJsonSchema());
writeFileSync(new URL('../schema/scaling.schema.json', import.meta.url), formatScalingJsonSchema());
writeFileSync(new URL('../schema/openapi.json', import.meta.url), formatOpenApi(routes));

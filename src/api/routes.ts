import type { ApiPorts } from './api-ports.ts';
import { readRoutes } from './read-routes.ts';
import type { Route } from './route.ts';
import { submitRoutes } from './submit-routes.ts';

/** The whole API. In two parts, because a function that only reads must not carry the plan compiler. */
export const routes: readonly Route<ApiPorts>[] = [...readRoutes, ...submitRoutes];

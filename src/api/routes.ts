import type { ApiPorts } from './api-ports.ts';
import { drainRoutes } from './drain-routes.ts';
import { logsRoutes } from './logs-routes.ts';
import { readRoutes } from './read-routes.ts';
import type { Route } from './route.ts';
import { scalingRoutes } from './scaling-routes.ts';
import { submitRoutes } from './submit-routes.ts';

/** The whole API. In parts, because a function that only reads must carry neither the plan compiler nor rights over clusters. */
export const routes: readonly Route<ApiPorts>[] = [
  ...readRoutes,
  ...submitRoutes,
  ...drainRoutes,
  ...scalingRoutes,
  ...logsRoutes,
];

import { drainRoutes } from '../src/api/drain-routes.ts';
import { DirectDrainApi } from '../src/drain/operator/direct-drain-api.ts';
import { drainApiPlatform } from '../src/platform/aws/drain-platform.ts';
import { apiHandler } from './api-handler.ts';

/** The routes that look at drains and command them. */
export const handler = apiHandler(drainRoutes, () => ({
  drains: new DirectDrainApi(drainApiPlatform().ports),
}));

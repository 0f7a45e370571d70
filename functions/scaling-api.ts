import { scalingRoutes } from '../src/api/scaling-routes.ts';
import { scalingApiPlatform } from '../src/platform/aws/scaling-platform.ts';
import { DirectScalingApi } from '../src/scaling/operator/direct-scaling-api.ts';
import { apiHandler } from './api-handler.ts';

/** The routes that look at scaling policies and decisions, and take policies; nothing is scaled by it. */
export const handler = apiHandler(scalingRoutes, () => ({
  scaling: new DirectScalingApi(scalingApiPlatform().ports),
}));

import { readRoutes } from '../src/api/read-routes.ts';
import { readPlatform } from '../src/platform/aws/api-platform.ts';
import { apiHandler } from './api-handler.ts';

/** The routes that look at runs and command them. */
export const handler = apiHandler(readRoutes, readPlatform);

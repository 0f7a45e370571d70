import { submitRoutes } from '../src/api/submit-routes.ts';
import { submitPlatform } from '../src/platform/aws/api-platform.ts';
import { apiHandler } from './api-handler.ts';

/** The routes that take plans; it alone may start runs. */
export const handler = apiHandler(submitRoutes, submitPlatform);

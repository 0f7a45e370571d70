import { motoEnvironment } from './moto-server.ts';

/** Once, before the first test file. */
export const setup = async (): Promise<void> => {
  await motoEnvironment();
};

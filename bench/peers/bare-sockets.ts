import { fileURLToPath } from 'node:url';
import type { ToolRun } from './tool-run.ts';
import type { PlainLoad } from './wrk.ts';

const script = fileURLToPath(new URL('../scripts/bare-sockets.mjs', import.meta.url));

/** What Node's sockets cost by themselves. Only for responses that come in one read. */
export const bareSocketsRun = ({ url, connections, seconds }: Omit<PlainLoad, 'program'>): ToolRun => ({
  command: [process.execPath, script, url, String(connections), String(seconds)],
  environment: {},
  reportFile: undefined,
  parse: (text) => {
    const requests = /^(\d+) requests$/m.exec(text)?.[1];
    return requests === undefined ? undefined : { requests: Number(requests), errors: 0, latencyMillis: {} };
  },
});

import { decideWait } from './decide-wait.ts';
import { isStandingBy, shortestHeartbeatSeconds } from './keep-hooks-waiting.ts';
import type { OpenDrain } from './open-drain.ts';
import type { UnhurriedLook, UnhurriedPorts } from './unhurried-ports.ts';
import { drainOf, type UnhurriedProgress, writeUnhurried } from './unhurried-progress.ts';

/** Writes what a look has come to, and says when the next one is due. */
export const closeLook = async (
  ports: UnhurriedPorts,
  { etag, drains }: OpenDrain,
  progress: UnhurriedProgress,
  dueAtMillis: number | null,
  sinceMillis = drainOf(progress).heardAtMillis,
): Promise<UnhurriedLook> => {
  await writeUnhurried(ports.store, progress, etag);
  if (progress.outcome !== null && !isStandingBy(progress)) return { isOver: true, waitSeconds: 0 };
  const waitSeconds = decideWait({
    nowMillis: ports.time.nowMillis(),
    sinceMillis,
    dueAtMillis,
    heartbeatSeconds: shortestHeartbeatSeconds(progress),
    drains,
  });
  return { isOver: false, waitSeconds };
};

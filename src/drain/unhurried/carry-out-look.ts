import { carryOutBalancing } from '../coordinator/balancer-lane.ts';
import type { DrainSession } from '../coordinator/drain-session.ts';
import { carryOutChanges } from '../coordinator/modify-lane.ts';
import { isTakenBack } from '../leaving/is-taken-back.ts';
import { decideLook, type LookDecision } from './decide-look.ts';
import { joinEntry, openDrain } from './open-drain.ts';
import type { UnhurriedPorts } from './unhurried-ports.ts';
import type { UnhurriedProgress } from './unhurried-progress.ts';

/** What is due after that waits for the next look, and so does what failed. */
const mostPasses = 2;

/** Does what a look has decided: requests are led away first. */
export const carryOutLook = async (session: DrainSession, decide: () => LookDecision): Promise<void> => {
  for (const lane of [carryOutBalancing, carryOutChanges])
    for (let pass = 0; pass < mostPasses && !session.isOver(); pass++)
      if (!(await lane(session, decide().due))) break;
};

/**
 * For a look that could not be written down: when the drain was taken back meanwhile, and perhaps ended by somebody who
 * knew nothing of this look, what this one did is taken back here.
 */
export const giveBack = async (
  ports: UnhurriedPorts,
  session: DrainSession,
  progress: UnhurriedProgress,
): Promise<void> => {
  const open = await openDrain(ports, progress);
  const entry = open?.entry;
  if (entry === undefined || !isTakenBack(entry)) return;
  session.fold((state) => joinEntry({ ...progress, state }, entry).state);
  await carryOutLook(session, () =>
    decideLook({ ...progress, state: session.state }, session.now(), session.limits),
  );
};

import { parentPort, workerData } from 'node:worker_threads';
import type { Engine } from '../engine/engine.ts';
import { PlanInvalidError } from '../errors.ts';
import { encodeTallyInTurns } from '../stats/tally-document.ts';
import { EngineLane } from './engine-lane.ts';
import { type LaneOrder, type LaneReport, laneOrder, laneSetup } from './lane-messages.ts';
import { type ClaimRows, laneFailure } from './load-lane.ts';

type Claimed = Extract<LaneOrder, { readonly kind: 'claimed' }>['result'];

/**
 * What an engine thread does: a lane that takes its orders as messages. Whatever is thrown ends the thread, and the
 * worker hears of it.
 */
export const serveEngineThread = async (engine: Engine): Promise<void> => {
  const port = parentPort;
  if (port === null) throw new Error('an engine thread is started by a worker');
  const report = (message: LaneReport): void => port.postMessage(message);
  const claims = new Map<number, (result: Claimed) => void>();
  let claimed = 0;
  const claimRows: ClaimRows = async (scenario) => {
    const claim = claimed++;
    const answer = new Promise<Claimed>((resolve) => claims.set(claim, resolve));
    report({ kind: 'claim', claim, scenario });
    const result = await answer;
    if ('failed' in result) throw new Error(result.failed);
    return result.rows;
  };
  const lane = await EngineLane.open(engine, laneSetup.parse(workerData), claimRows).catch(
    (error: unknown) => {
      if (!(error instanceof PlanInvalidError)) throw error;
      console.error(error);
      report({ kind: 'failed', ...laneFailure(error) });
    },
  );
  if (lane === undefined) return;

  const obey = async (order: LaneOrder): Promise<void> => {
    switch (order.kind) {
      case 'start':
        lane.start(order);
        return;
      case 'epochs':
        lane.applyEpochs(order.epochs);
        return;
      case 'release':
        lane.release();
        return;
      case 'stop':
        lane.stop(order.graceMillis);
        return;
      case 'look':
        lane.look();
        report({ kind: 'looked', sockets: lane.openSockets() });
        return;
      case 'cut':
        report({ kind: 'cut', tally: await encodeTallyInTurns(await lane.cut()) });
        return;
      case 'claimed':
        claims.get(order.claim)?.(order.result);
        claims.delete(order.claim);
    }
  };
  port.on('message', (message: unknown) => void obey(laneOrder.parse(message)));
  void lane.finished.then((end) =>
    report(end === 'finished' ? { kind: 'finished' } : { kind: 'failed', ...end }),
  );
  report({ kind: 'ready' });
};

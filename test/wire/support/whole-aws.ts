import { type FaultProxy, openFaultProxy } from '../../rehearsal/fault-proxy.ts';
import { startMoto } from '../moto-server.ts';
import { athenaGaps } from './athena-gaps.ts';
import { ecsGaps } from './ecs-gaps.ts';
import { elbv2Gaps } from './elbv2-gaps.ts';
import { fleetGaps } from './fleet-gaps.ts';
import { glueGaps } from './glue-gaps.ts';
import { groupGaps } from './group-gaps.ts';
import { type LifecycleActions, lifecycleGaps } from './lifecycle-gaps.ts';

export interface WholeAws {
  /** Of the AWS server with its gaps filled. */
  readonly url: string;
  /** Calls by `service Action`. */
  readonly calls: ReadonlyMap<string, number>;
  readonly lifecycle: LifecycleActions;
  /** Faults from now on. */
  readonly inject: FaultProxy['inject'];
  close(): Promise<void>;
}

/** moto, and in front of it what it lacks of drains, scaling and logs (test/contract/{drain,scaling,logs}-gaps.ts). */
export const startWholeAws = async (): Promise<WholeAws> => {
  const moto = await startMoto();
  const proxy = await openFaultProxy(moto.url, 1);
  const lifecycle = lifecycleGaps();
  for (const [name, behaviour] of Object.entries({
    ...ecsGaps(),
    ...elbv2Gaps(),
    ...fleetGaps(),
    ...groupGaps(),
    ...glueGaps(),
    ...athenaGaps(),
    ...lifecycle.behaviours,
  }))
    proxy.behave(name, behaviour);
  return {
    url: proxy.url,
    calls: proxy.counts,
    lifecycle,
    inject: proxy.inject,
    close: async () => {
      await proxy.close();
      await moto.close();
    },
  };
};

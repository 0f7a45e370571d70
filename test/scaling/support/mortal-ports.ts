import type { WantedPorts } from '../../../src/scaling/demands/capacity-wanted.ts';

/**
 * Ports of a process that dies at a call: of it nothing more is heard, whether the call had its effect or not. `made` tells
 * how many calls there were.
 */
export const mortalPorts = (
  ports: WantedPorts,
  callsLeft: number,
  isDone: boolean,
): { readonly ports: WantedPorts; readonly died: Promise<void>; made(): number } => {
  let made = 0;
  let die = (): void => undefined;
  const died = new Promise<void>((resolve) => {
    die = resolve;
  });
  const dying = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return async (...given: unknown[]) => {
          made += 1;
          if (made > callsLeft + 1) return new Promise(() => undefined);
          if (made <= callsLeft) return Reflect.apply(method, target, given);
          if (isDone) await Reflect.apply(method, target, given);
          die();
          throw new Error('died');
        };
      },
    });
  const { store, cluster, pools, metrics, drains, events } = ports;
  return {
    ports: {
      ...ports,
      store: dying(store),
      cluster: dying(cluster),
      pools: dying(pools),
      metrics: { cloudWatch: dying(metrics.cloudWatch), prometheus: dying(metrics.prometheus) },
      drains: dying(drains),
      events: dying(events),
    },
    died,
    made: () => made,
  };
};

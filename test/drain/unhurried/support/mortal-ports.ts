import type { UnhurriedPorts } from '../../../../src/drain/unhurried/unhurried-ports.ts';

/** A process that dies at a call: of it nothing more is heard, whether the call had its effect or not. */
export const mortalPorts = (ports: UnhurriedPorts, callsLeft: number, isDone: boolean): UnhurriedPorts => {
  let left = callsLeft;
  const dying = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return async (...given: unknown[]) => {
          left -= 1;
          if (left < 0) throw new Error('died');
          if (left > 0) return Reflect.apply(method, target, given);
          if (isDone) await Reflect.apply(method, target, given);
          throw new Error('died');
        };
      },
    });
  const { list, ...store } = {
    get: ports.store.get.bind(ports.store),
    put: ports.store.put.bind(ports.store),
    delete: ports.store.delete.bind(ports.store),
    list: ports.store.list.bind(ports.store),
  };
  return {
    ...ports,
    store: {
      ...dying(store),
      list,
      get: dying(store).get,
      put: dying(store).put,
      delete: dying(store).delete,
    },
    cluster: dying(ports.cluster),
    balancer: dying(ports.balancer),
    capacity: dying(ports.capacity),
    events: dying(ports.events),
    conductor: dying(ports.conductor),
  };
};

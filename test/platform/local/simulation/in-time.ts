import type { VirtualTime } from '../../../../src/platform/local/virtual-time.ts';

/** A port whose calls let virtual time pass until they are answered, for suites that know nothing of it. */
export const inTime = <Port extends object>(time: VirtualTime, port: Port): Port =>
  new Proxy(port, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...given: unknown[]) => time.run(Promise.resolve(Reflect.apply(method, target, given)));
    },
  });

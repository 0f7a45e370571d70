import { BalancerRefusedError } from '../../errors.ts';
import type { Balancer, RepairableBalancer } from '../ports/balancer.ts';

const refuse = async (group: string): Promise<never> => {
  throw new BalancerRefusedError(
    `${group} can't be reached: this deployment knows no HAProxy; deploy with the parameter HaproxyRuntimeApi, or correct the tag stormdrain.balancer`,
  );
};

/** Where no HAProxy is configured: nothing is registered, and whoever registers is told. */
export const withoutHaproxy: Balancer & RepairableBalancer = {
  describeGroups: async () => [],
  register: refuse,
  deregister: async () => {},
  health: async () => [],
  knownGroups: async () => [],
  repair: refuse,
};

import { eachOf, pacedCall } from '../../calls/paced-call.ts';
import { bucketsOf } from '../targets/route-balancers.ts';
import { type DrainSession, reasonOf } from './drain-session.ts';
import { mergeDeregistered, mergeGroup, mergeHealth, mergeRegistered } from './merge-balancer-facts.ts';
import type { GroupTargets } from './plan-balancers.ts';
import type { DueWork } from './plan-drain.ts';

const atOnce = 16;

const deregister = async (session: DrainSession, call: GroupTargets): Promise<void> => {
  const { ports } = session;
  try {
    await pacedCall(ports, bucketsOf(call.group, 'change'), () =>
      ports.balancer.deregister(call.group, call.targets),
    );
    session.fold((state) => mergeDeregistered(state, call, { atMillis: session.now() }));
  } catch (error) {
    const failure = { atMillis: session.now(), failure: reasonOf(error) };
    session.fold((state) => mergeDeregistered(state, call, failure));
  }
};

const register = async (session: DrainSession, call: GroupTargets): Promise<void> => {
  const { ports } = session;
  try {
    await pacedCall(ports, bucketsOf(call.group, 'change'), () =>
      ports.balancer.register(call.group, call.targets),
    );
    session.fold((state) => mergeRegistered(state, call, { atMillis: session.now() }));
  } catch (error) {
    const failure = { atMillis: session.now(), failure: reasonOf(error) };
    session.fold((state) => mergeRegistered(state, call, failure));
  }
};

const poll = async (session: DrainSession, group: string): Promise<void> => {
  const { ports, limits } = session;
  // Only the call itself, without its waiting in line, bounds what its answer can know.
  let begunAt = session.now();
  try {
    const healths = await pacedCall(ports, bucketsOf(group, 'read'), () => {
      begunAt = session.now();
      return ports.balancer.health(group);
    });
    session.fold((state) => mergeHealth(state, group, healths, begunAt, limits));
  } catch (error) {
    session.fold((state) => mergeGroup(state, group, 'health', session.now(), reasonOf(error)));
  }
};

/** The next calls to balancers that are due; false when none is. Deregistrations before everything else in their bucket. */
export const carryOutBalancing = async (session: DrainSession, due: DueWork): Promise<boolean> => {
  const open = <Item>(work: (session: DrainSession, item: Item) => Promise<void>) => {
    return async (item: Item): Promise<void> => {
      if (!session.isOver()) await work(session, item);
    };
  };
  if (due.deregister.length > 0) await eachOf(due.deregister, atOnce, open(deregister));
  else if (due.register.length > 0) await eachOf(due.register, atOnce, open(register));
  else if (due.pollHealth.length > 0) await eachOf(due.pollHealth.slice(0, atOnce), atOnce, open(poll));
  else return false;
  return true;
};

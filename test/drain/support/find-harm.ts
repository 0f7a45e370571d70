import type { SimulatedTask } from '../../../src/platform/local/simulation/simulated-task.ts';
import type { PlayedCase } from './play-case.ts';
import type { DrainCase } from './random-drains.ts';

const targetsOf = ({ origin }: SimulatedTask): readonly string[] => {
  const names = origin.service?.groups ?? [origin.tags['stormdrain.balancer'] ?? ''];
  return names.flatMap((name, place) => {
    const port = origin.ports[place];
    // Nobody sends requests to the group that no listener is in front of.
    if (port === undefined || name === '' || name === 'unused') return [];
    return `${name} ${port.reach === 'ip' ? port.address : origin.instance.instanceId}:${port.port}`;
  });
};

/** When each target began to drain and fell silent, the last time. */
const instantsOf = (played: PlayedCase, what: 'target-draining' | 'target-silent') =>
  new Map(
    played.drains.platform.journal.filter((entry) => entry.what === what).map((e) => [e.of, e.atMillis]),
  );

/** Tasks and instances that nobody asked to leave, and that were changed all the same. */
const harmToStaying = ({ leaving }: DrainCase, played: PlayedCase): readonly string[] => {
  const { journal, tasks, instances } = played.drains.platform;
  const going = new Set(leaving.map(({ instance }) => instances()[instance]));
  const draining = instantsOf(played, 'target-draining');
  const harm: string[] = [];
  for (const task of tasks()) {
    if (going.has(task.origin.instance)) continue;
    if (task.endedBy === 'stop-task') harm.push(`${task.taskArn} stays and was stopped`);
    if (task.endedBy !== null) continue;
    for (const target of targetsOf(task))
      if (draining.has(target)) harm.push(`${target} stays and was deregistered`);
  }
  const arns = new Set([...going].map((instance) => instance?.containerInstanceArn));
  for (const { what, of } of journal)
    if (what === 'instance-draining' && !arns.has(of)) harm.push(`${of} stays and was set DRAINING`);
  return harm;
};

/** Tasks of which a record says that they were stopped before their balancers had confirmed: nothing is promised of them. */
const namedTasks = ({
  records,
}: PlayedCase): { readonly instances: Set<string>; readonly arns: Set<string> } => {
  const lines = records.flatMap(({ instanceId, missed }) => missed.map((text) => ({ instanceId, text })));
  const unsure = lines.filter(({ text }) => text.startsWith('no balancer confirmed'));
  return {
    // A long list isn't given in full.
    instances: new Set(
      unsure.filter(({ text }) => text.endsWith('more')).map(({ instanceId }) => instanceId),
    ),
    arns: new Set(unsure.flatMap(({ text }) => text.match(/arn:[^\s,]+/g) ?? [])),
  };
};

/** Tasks that were stopped before their balancers were silent, and of which the record doesn't say so. */
const harmToRequests = (played: PlayedCase): readonly string[] => {
  const { platform } = played.drains;
  const named = namedTasks(played);
  const traffic = platform.trafficByTask();
  const silent = instantsOf(played, 'target-silent');
  const draining = instantsOf(played, 'target-draining');
  const harm: string[] = [];
  for (const task of platform.tasks()) {
    if (task.endedBy !== 'stop-task' || named.arns.has(task.taskArn)) continue;
    if (named.instances.has(task.origin.instance.instanceId)) continue;
    const stoppedAt = task.stopAskedAtMillis ?? 0;
    const { toDeadTarget = 0, cutOff = 0 } = traffic.get(task.taskArn) ?? {};
    if (toDeadTarget > 0) harm.push(`${toDeadTarget} requests went to ${task.taskArn} after its end`);
    const since = targetsOf(task).map((target) => draining.get(target) ?? 0);
    // No request lasts longer than 8 s, and the last one is sent 4 s after deregistration at the latest.
    if (cutOff > 0 && since.every((at) => stoppedAt - at > 12_000))
      harm.push(`${cutOff} requests of ${task.taskArn} were cut off`);
    for (const target of targetsOf(task)) {
      const at = silent.get(target);
      if (at !== undefined && at > stoppedAt)
        harm.push(`${task.taskArn} was stopped before ${target} was silent`);
    }
  }
  return harm;
};

/** Whatever may not be, whatever happens: empty when all is well. */
export const findHarm = (drainCase: DrainCase, played: PlayedCase): readonly string[] => {
  const { drains, document, records, completed, waiting } = played;
  const harm: string[] = [...harmToStaying(drainCase, played), ...harmToRequests(played)];
  const entries = Object.values(document.instances);
  if (entries.length !== drainCase.leaving.length) harm.push(`${entries.length} entries`);
  for (const { drainId, endedAtMillis } of entries) {
    if (endedAtMillis === undefined) harm.push(`${drainId} has not ended`);
    const own = records.filter((record) => record.drainId === drainId);
    if (own.length !== 1) harm.push(`${drainId} has ${own.length} records`);
    if (!drains.told.some((event) => event.type === 'drain.ended' && event.drainId === drainId))
      harm.push(`nobody was told of the end of ${drainId}`);
  }
  if (records.length !== entries.length) harm.push(`${records.length} records`);
  for (const hook of waiting) harm.push(`Auto Scaling waits for ${hook} still`);
  if (new Set(completed).size < completed.length)
    harm.push(`a hook was completed twice: ${completed.join()}`);
  for (const { instance } of drainCase.leaving)
    for (const task of drains.platform.instances()[instance]?.liveTasks ?? [])
      harm.push(`${task.taskArn} runs still`);
  for (const error of drains.steps.errors) harm.push(`a step threw ${String(error)}`);
  if (drains.letters.length > 0) harm.push('something could not be read');
  return harm;
};

/** What was not done in time, though nothing went wrong: empty when all was. */
export const findLateness = ({ leaving }: DrainCase, played: PlayedCase): readonly string[] => {
  const late: string[] = [];
  const { tasks } = played.drains.platform;
  // ECS's own scheduler was faster, and waits for a whole deregistration delay before SIGTERM.
  const rushed = new Set(
    leaving
      .filter(({ cause }) => cause === 'rushed')
      .map(({ instance }) => played.drains.platform.instances()[instance]?.instanceId),
  );
  const ofOthers = new Set(tasks().flatMap((each) => (each.endedBy === 'service' ? each.taskArn : [])));
  for (const { missed, instanceId } of played.records)
    for (const each of missed.filter((line) => !rushed.has(instanceId) || line.startsWith('no balancer')))
      if (!(each.match(/arn:\S+[^\s,]/g) ?? []).some((arn) => ofOthers.has(arn)))
        late.push(`${instanceId}: ${each}`);
  for (const { instance } of leaving)
    for (const task of played.drains.platform.instances()[instance]?.tasks ?? [])
      if (task.endedBy === 'instance-gone') late.push(`${task.taskArn} went with its instance`);
  return late;
};

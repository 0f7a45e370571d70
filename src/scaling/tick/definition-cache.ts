import { logFailure } from '../../calls/log-failure.ts';
import { eachOf, pacedCall } from '../../calls/paced-call.ts';
import type { ContainerCluster, TaskDefinitionFacts } from '../../platform/ports/container-cluster.ts';
import type { ScalingPorts } from '../scaling-ports.ts';

/** A task definition never changes, so that one that was read is known for as long as its cluster's port is. */
const caches = new WeakMap<ContainerCluster, Map<string, TaskDefinitionFacts>>();
const mostKnown = 2_000;
const atOnce = 8;

export interface DefinitionsRead {
  /** By ARN; without those that are gone or could not be read. */
  readonly definitions: ReadonlyMap<string, TaskDefinitionFacts>;
  /** How many had to be asked for. */
  readonly asked: number;
}

/** Never throws: nothing is known of the needs of tasks whose definition could not be read. */
export const readDefinitions = async (
  ports: ScalingPorts,
  arns: readonly string[],
): Promise<DefinitionsRead> => {
  const cache = caches.get(ports.cluster) ?? new Map<string, TaskDefinitionFacts>();
  caches.set(ports.cluster, cache);
  const wanted = [...new Set(arns)];
  const unknown = wanted.filter((arn) => !cache.has(arn));
  const read = new Map<string, TaskDefinitionFacts>();
  await eachOf(unknown, atOnce, async (arn) => {
    try {
      const facts = await pacedCall(ports, 'definitionRead', () => ports.cluster.describeTaskDefinition(arn));
      if (facts !== undefined) read.set(arn, facts);
    } catch (error) {
      logFailure({ taskDefinition: arn, error });
    }
  });
  const definitions = new Map<string, TaskDefinitionFacts>();
  for (const arn of wanted) {
    const facts = cache.get(arn) ?? read.get(arn);
    if (facts === undefined) continue;
    definitions.set(arn, facts);
    // What was used last stays longest.
    cache.delete(arn);
    cache.set(arn, facts);
  }
  for (const arn of cache.keys()) {
    if (cache.size <= mostKnown) break;
    cache.delete(arn);
  }
  return { definitions, asked: unknown.length };
};

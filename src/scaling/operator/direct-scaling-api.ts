import { logFailure } from '../../calls/log-failure.ts';
import { DocumentInvalidError } from '../../errors.ts';
import type {
  AppliedPolicy,
  DecisionPage,
  ExplainRequest,
  PauseRequest,
  PolicyRequest,
  PolicyStanding,
  ScalingApi,
} from '../../platform/ports/scaling-api.ts';
import { readDecisions } from '../decisions/read-decisions.ts';
import { policiesPrefix, policyKey, readPolicy } from '../policy-store/stored-policy.ts';
import { applyPolicy } from './apply-policy.ts';
import { pauseCluster, resumeCluster } from './pause-cluster.ts';
import { notFound, requireName, type ScalingApiPorts, standingOf } from './policy-standing.ts';

/** The use cases, without a network in between. */
export class DirectScalingApi implements ScalingApi {
  readonly #ports: ScalingApiPorts;

  constructor(ports: ScalingApiPorts) {
    this.#ports = ports;
  }

  apply(request: PolicyRequest): Promise<AppliedPolicy> {
    return applyPolicy(this.#ports, request);
  }

  async list(): Promise<readonly PolicyStanding[]> {
    const standings: PolicyStanding[] = [];
    for await (const key of this.#ports.store.list(policiesPrefix)) {
      const cluster = key.slice(policiesPrefix.length).replace(/\.json$/, '');
      try {
        const stored = await readPolicy(this.#ports.store, cluster);
        if (stored !== undefined) standings.push(await standingOf(this.#ports, stored.value));
      } catch (error) {
        // One that can't be read hides no other; asking for it alone says what is wrong.
        if (!(error instanceof DocumentInvalidError)) throw error;
        logFailure({ cluster, error });
      }
    }
    return standings;
  }

  async show(cluster: string): Promise<PolicyStanding> {
    requireName(cluster);
    const stored = await readPolicy(this.#ports.store, cluster);
    if (stored === undefined) throw notFound(cluster);
    return standingOf(this.#ports, stored.value);
  }

  pause(cluster: string, request: PauseRequest): Promise<PolicyStanding> {
    return pauseCluster(this.#ports, cluster, request);
  }

  resume(cluster: string, requestedBy: string): Promise<PolicyStanding> {
    return resumeCluster(this.#ports, cluster, requestedBy);
  }

  async remove(cluster: string): Promise<boolean> {
    requireName(cluster);
    const { store } = this.#ports;
    const got = await store.get(policyKey(cluster));
    await store.delete(policyKey(cluster));
    return got.kind === 'found';
  }

  async explain(request: ExplainRequest): Promise<DecisionPage> {
    if (request.cluster !== undefined) requireName(request.cluster);
    return readDecisions(this.#ports.store, request);
  }
}

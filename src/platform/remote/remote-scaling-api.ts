import * as z from 'zod/mini';
import {
  appliedPolicyAnswer,
  decisionListAnswer,
  mostDecisionsListed,
  policyListAnswer,
  policyStandingDocument,
} from '../../api/documents/scaling.ts';
import { PolicyNotFoundError } from '../../errors.ts';
import type {
  AppliedPolicy,
  DecisionPage,
  ExplainRequest,
  PauseRequest,
  PolicyRequest,
  PolicyStanding,
  ScalingApi,
} from '../ports/scaling-api.ts';
import type { ApiClient } from './api-client.ts';

/** Scaling policies of a stack, over its API; who asks is whoever signs. Beside what the port says, each method throws `NotAllowed`. */
export class RemoteScalingApi implements ScalingApi {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  apply({ text, name }: Omit<PolicyRequest, 'requestedBy'>): Promise<AppliedPolicy> {
    return this.#client.ask(appliedPolicyAnswer, 'PUT', '/scaling/policies', { body: { text, name } });
  }

  async list(): Promise<readonly PolicyStanding[]> {
    return (await this.#client.ask(policyListAnswer, 'GET', '/scaling/policies')).policies;
  }

  show(cluster: string): Promise<PolicyStanding> {
    return this.#client.ask(policyStandingDocument, 'GET', pathOf(cluster));
  }

  pause(cluster: string, { forSeconds }: Omit<PauseRequest, 'requestedBy'>): Promise<PolicyStanding> {
    return this.#client.ask(policyStandingDocument, 'POST', `${pathOf(cluster)}/pause`, {
      body: forSeconds === null ? {} : { forSeconds },
    });
  }

  resume(cluster: string): Promise<PolicyStanding> {
    return this.#client.ask(policyStandingDocument, 'POST', `${pathOf(cluster)}/resume`);
  }

  async remove(cluster: string): Promise<boolean> {
    try {
      await this.#client.ask(z.unknown(), 'DELETE', pathOf(cluster));
      return true;
    } catch (error) {
      if (error instanceof PolicyNotFoundError) return false;
      throw error;
    }
  }

  explain(request: ExplainRequest): Promise<DecisionPage> {
    const { cluster, subject, sinceMillis, untilMillis, limit, after } = request;
    return this.#client.ask(decisionListAnswer, 'GET', '/scaling/decisions', {
      query: {
        cluster,
        subject,
        since: sinceMillis,
        until: untilMillis,
        limit: Math.min(limit, mostDecisionsListed),
        cursor: after,
      },
    });
  }
}

const pathOf = (cluster: string): string => `/scaling/policies/${encodeURIComponent(cluster)}`;

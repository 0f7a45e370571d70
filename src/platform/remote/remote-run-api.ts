import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { mostRunsListed, runAnswer, runListAnswer } from '../../api/documents/runs.ts';
import { planCheckAnswer, startedAnswer } from '../../api/documents/submission.ts';
import { timelineAnswer } from '../../api/documents/timeline.ts';
import { PlanRefusedError } from '../../errors.ts';
import type {
  PlanCheck,
  PlanSubmission,
  RunApi,
  RunListEntry,
  RunListPage,
  RunListRequest,
  StartedRun,
  StartRequest,
  TimelinePage,
} from '../ports/run-api.ts';
import type { ApiClient } from './api-client.ts';
import type { UploadSender } from './upload-sender.ts';

/** What is posted of a plan. */
export const submissionBody = ({ text, name, files, set, workers }: PlanSubmission) => ({
  plan: text,
  name,
  files,
  set,
  ...(workers === undefined ? {} : { workers }),
});

type RunAnswer = z.infer<typeof runAnswer>;

/** Runs of a stack, over its API. Beside what the port says, each method throws `NotAllowed`. */
export class RemoteRunApi implements RunApi {
  readonly #client: ApiClient;
  readonly #uploads: UploadSender;
  #looked: RunAnswer | undefined;

  constructor(client: ApiClient, uploads: UploadSender) {
    this.#client = client;
    this.#uploads = uploads;
  }

  async check({ uploads, source }: StartRequest): Promise<PlanCheck> {
    await this.#uploads.send(uploads);
    try {
      const body = submissionBody(source);
      return {
        kind: 'accepted',
        ...(await this.#client.ask(planCheckAnswer, 'POST', '/plans/check', { body })),
      };
    } catch (error) {
      if (!(error instanceof PlanRefusedError) || error.problems.length === 0) throw error;
      return { kind: 'refused', problems: error.problems };
    }
  }

  async start(
    { uploads, source }: StartRequest,
    { idempotencyKey = randomUUID() }: { readonly idempotencyKey?: string } = {},
  ): Promise<StartedRun> {
    await this.#uploads.send(uploads);
    return this.#client.ask(startedAnswer, 'POST', '/runs', {
      body: submissionBody(source),
      headers: { 'idempotency-key': idempotencyKey },
    });
  }

  async list({ limit, after }: RunListRequest): Promise<RunListPage> {
    const runs: RunListEntry[] = [];
    let cursor = after;
    do {
      const page = await this.#client.ask(runListAnswer, 'GET', '/runs', {
        query: { limit: Math.min(limit - runs.length, mostRunsListed), cursor },
      });
      runs.push(...page.runs);
      cursor = page.next;
    } while (cursor !== undefined && runs.length < limit);
    return { runs, ...(cursor === undefined ? {} : { next: cursor }) };
  }

  /** Whoever follows a run asks for its summary and, while there is none, for its progress: one answer has both. */
  async progress(runId: string): Promise<RunAnswer['progress']> {
    const looked = this.#looked;
    this.#looked = undefined;
    return looked?.progress.runId === runId ? looked.progress : (await this.#look(runId)).progress;
  }

  async summary(runId: string): Promise<RunAnswer['summary']> {
    const looked = await this.#look(runId);
    this.#looked = looked;
    return looked.summary;
  }

  timeline(runId: string, afterSecond: number): Promise<TimelinePage> {
    return this.#client.ask(timelineAnswer, 'GET', `${runPath(runId)}/timeline`, {
      query: { after: afterSecond },
    });
  }

  async stop(runId: string, reason: string): Promise<void> {
    await this.#client.ask(z.unknown(), 'POST', `${runPath(runId)}/stop`, { body: { reason } });
  }

  async scale(
    runId: string,
    change: { readonly workers?: number; readonly rateScale?: number },
  ): Promise<void> {
    await this.#client.ask(z.unknown(), 'PATCH', runPath(runId), { body: change });
  }

  #look(runId: string): Promise<RunAnswer> {
    return this.#client.ask(runAnswer, 'GET', runPath(runId));
  }
}

const runPath = (runId: string): string => `/runs/${encodeURIComponent(runId)}`;

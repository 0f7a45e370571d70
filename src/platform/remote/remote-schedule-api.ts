import * as z from 'zod/mini';
import { scheduleListAnswer } from '../../api/documents/schedules.ts';
import type { StartRequest } from '../ports/run-api.ts';
import type { ListedSchedule, NewSchedule, ScheduleApi } from '../ports/schedule-api.ts';
import type { ApiClient } from './api-client.ts';
import { ScheduleNotFound } from './api-failure.ts';
import { submissionBody } from './remote-run-api.ts';
import type { UploadSender } from './upload-sender.ts';

/** Schedules of a stack, over its API. */
export class RemoteScheduleApi implements ScheduleApi {
  readonly #client: ApiClient;
  readonly #uploads: UploadSender;

  constructor(client: ApiClient, uploads: UploadSender) {
    this.#client = client;
    this.#uploads = uploads;
  }

  async put({ name, expression, timezone }: NewSchedule, { uploads, source }: StartRequest): Promise<void> {
    await this.#uploads.send(uploads);
    await this.#client.ask(z.unknown(), 'PUT', schedulePath(name), {
      body: { ...submissionBody(source), expression, timezone },
    });
  }

  async list(): Promise<readonly ListedSchedule[]> {
    return (await this.#client.ask(scheduleListAnswer, 'GET', '/schedules')).schedules;
  }

  async delete(name: string): Promise<boolean> {
    try {
      await this.#client.ask(z.unknown(), 'DELETE', schedulePath(name));
      return true;
    } catch (error) {
      if (error instanceof ScheduleNotFound) return false;
      throw error;
    }
  }
}

const schedulePath = (name: string): string => `/schedules/${encodeURIComponent(name)}`;

import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { EventSink, StormdrainEvent } from '../ports/event-sink.ts';
import { classifyAwsFailure } from './aws-failure.ts';
import { describeMetrics } from './describe-metrics.ts';

export interface EventBridgeEventsOptions {
  /** Writes a line to the log. */
  readonly log?: (line: string) => void;
  /** Waits before an entry that EventBridge did not take is sent again. */
  readonly pause?: (milliseconds: number) => Promise<void>;
}

const mostTries = 3;

/** Not console.log: with Lambda's JSON log format that wraps the line, and CloudWatch finds no metric in it. */
const writeLine = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Tells events to an EventBridge bus: source `stormdrain`, detail type = the event's type, detail = the event. Each is
 * also a line of metrics in the log. What can't be told is logged and does not fail anything.
 */
export class EventBridgeEvents implements EventSink {
  readonly #client: EventBridgeClient;
  readonly #bus: string;
  readonly #log: (line: string) => void;
  readonly #pause: (milliseconds: number) => Promise<void>;

  constructor(client: EventBridgeClient, bus: string, options: EventBridgeEventsOptions = {}) {
    this.#client = client;
    this.#bus = bus;
    this.#log = options.log ?? writeLine;
    this.#pause = options.pause ?? wait;
  }

  async tell(event: StormdrainEvent): Promise<void> {
    this.#log(JSON.stringify(describeMetrics(event)));
    try {
      const reason = await this.#put(event);
      if (reason !== undefined) this.#logUntold(event, reason);
    } catch (error) {
      this.#logUntold(event, classifyAwsFailure(error).text);
    }
  }

  /** Why EventBridge took the event in none of the tries; an answer of 200 may still refuse an entry. */
  async #put(event: StormdrainEvent): Promise<string | undefined> {
    const entry = {
      EventBusName: this.#bus,
      Source: 'stormdrain',
      DetailType: event.type,
      Detail: JSON.stringify(event),
      Time: new Date(event.at),
    };
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#client.send(new PutEventsCommand({ Entries: [entry] }));
      if ((answer.FailedEntryCount ?? 0) === 0) return undefined;
      const refused = answer.Entries?.[0];
      if (attempt === mostTries) return `${refused?.ErrorCode}: ${refused?.ErrorMessage}`;
      await this.#pause(Math.random() * 200 * 2 ** attempt);
    }
  }

  #logUntold(event: StormdrainEvent, reason: string): void {
    this.#log(
      JSON.stringify({ level: 'error', message: `event not told to bus ${this.#bus}`, reason, event }),
    );
  }
}

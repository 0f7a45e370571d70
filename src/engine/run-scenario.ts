import type { FailureKind } from '../stats/measurement-sink.ts';
import { Alarm } from './alarm.ts';
import type { ArrivalScope } from './arrival-scope.ts';
import type { Instruction, RequestInstruction, Script } from './compile-scenario.ts';
import { Exchange, type ExchangeOwner } from './exchange.ts';
import type { LoadContext } from './load-context.ts';
import type { ResponseParser } from './response-parser.ts';

/** `ended early`: it was told to, or the run was over while no request was under way. */
export type ScenarioOutcome = 'completed' | 'failed' | 'ended early';

/** Hears once how an arrival ended, and how many requests it sent. */
export interface ScenarioOwner {
  scenarioEnded(outcome: ScenarioOutcome, requests: number): void;
}

const longestExample = 200;

const exampleOf = (name: string, detail: string): string => {
  const text = `${name}: ${detail}`;
  return text.length < longestExample ? text : `${text.slice(0, longestExample - 2)}…`;
};

/**
 * Plays one arrival's steps. A failed step ends it, so an arrival fails at most once. The response time of a request
 * counts from the instant it was due: the arrival's instant, or the end of the step before plus its think time.
 */
export class ScenarioRun implements ExchangeOwner {
  readonly #context: LoadContext;
  readonly #script: Script;
  readonly #scope: ArrivalScope;
  readonly #owner: ScenarioOwner;
  readonly #exchange: Exchange;
  /** Times left of the loops around the current instruction, innermost last. */
  readonly #loops: number[] = [];
  #next = 0;
  #dueMicros: number;
  #request: RequestInstruction | undefined;
  #requests = 0;
  #alarm: Alarm | undefined;
  #endsSoon = false;

  constructor(
    context: LoadContext,
    script: Script,
    scope: ArrivalScope,
    dueMicros: number,
    owner: ScenarioOwner,
  ) {
    this.#context = context;
    this.#script = script;
    this.#scope = scope;
    this.#dueMicros = dueMicros;
    this.#owner = owner;
    this.#exchange = new Exchange(context.pool, this);
  }

  begin(): void {
    this.#context.active.add(this);
    this.#advance();
  }

  /** Ends after the request under way, or at once when there is none. */
  endSoon(): void {
    this.#endsSoon = true;
    if (this.#request === undefined) this.#end('ended early');
  }

  /** Ends now; a request under way fails. */
  cutOff(): void {
    this.#exchange.abandon();
    this.failed('cut off', 'still under way when the run was over', this.#context.clock.nowMicros());
    this.#end('ended early');
  }

  answered(response: ResponseParser, endMicros: number): void {
    if (this.#request === undefined) return;
    const failure = this.#checked(this.#request, response);
    response.letBodyGo();
    if (failure !== undefined) {
      this.failed(failure.kind, failure.detail, endMicros);
      return;
    }
    const { sink, timing } = this.#context;
    const { step } = this.#request;
    this.#close(endMicros);
    sink.requestCompleted(step, endMicros, timing);
    this.#dueMicros = endMicros;
    this.#advance();
  }

  failed(kind: FailureKind, detail: string, endMicros: number): void {
    if (this.#request === undefined) return;
    const { sink, timing } = this.#context;
    const { step, name } = this.#request;
    this.#close(endMicros);
    sink.requestFailed(step, endMicros, timing, kind, exampleOf(name, detail));
    this.#end('failed');
  }

  #checked(
    request: RequestInstruction,
    response: ResponseParser,
  ): { readonly kind: FailureKind; readonly detail: string } | undefined {
    try {
      return request.check.check(response, this.#scope);
    } catch (error) {
      return { kind: 'bad request', detail: describe(error) };
    }
  }

  /** The request under way is over; its figures are in the context's timing. */
  #close(endMicros: number): void {
    const { timing } = this.#context;
    this.#exchange.measure(timing, endMicros);
    timing.responseMicros = endMicros - this.#dueMicros;
    this.#context.openRequests--;
    this.#request = undefined;
  }

  /** Plays on from the next instruction until one has to be waited for. */
  #advance(): void {
    while (!this.#endsSoon) {
      const instruction = this.#script.instructions[this.#next++];
      if (instruction === undefined) {
        this.#end('completed');
        return;
      }
      if (this.#play(instruction) === 'waits') return;
    }
    this.#end('ended early');
  }

  #play(instruction: Instruction): 'waits' | 'goes on' {
    switch (instruction.kind) {
      case 'request':
        this.#send(instruction);
        return 'waits';
      case 'think':
        return this.#think(instruction.minMicros, instruction.maxMicros);
      case 'repeat':
        if (instruction.times > 0) this.#loops.push(instruction.times);
        else this.#next = instruction.end;
        return 'goes on';
      case 'again': {
        const left = (this.#loops.pop() ?? 1) - 1;
        if (left > 0) {
          this.#loops.push(left);
          this.#next = instruction.first;
        }
        return 'goes on';
      }
    }
  }

  #send(instruction: RequestInstruction): void {
    const { clock, sink } = this.#context;
    const now = clock.nowMicros();
    this.#request = instruction;
    this.#requests++;
    this.#context.openRequests++;
    sink.requestStarted(instruction.step, now);
    try {
      const deadline = now + instruction.timeoutMicros;
      this.#exchange.send(instruction.request, this.#scope, instruction.check.needsBody, deadline);
    } catch (error) {
      this.#exchange.abandon();
      this.failed('bad request', describe(error), clock.nowMicros());
    }
  }

  #think(minMicros: number, maxMicros: number): 'waits' | 'goes on' {
    if (maxMicros <= 0) return 'goes on';
    const span = maxMicros - minMicros;
    this.#dueMicros += span > 0 ? minMicros + span * this.#scope.random() : minMicros;
    this.#alarm ??= new Alarm(this.#context.clock, () => this.#advance());
    this.#alarm.set(this.#dueMicros);
    return 'waits';
  }

  #end(outcome: ScenarioOutcome): void {
    this.#alarm?.close();
    if (!this.#context.active.delete(this)) return;
    this.#owner.scenarioEnded(outcome, this.#requests);
    this.#context.ended();
  }
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));

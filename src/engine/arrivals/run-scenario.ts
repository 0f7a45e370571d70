import type { FailureKind } from '../../stats/measurement-sink.ts';
import { Alarm } from '../alarm.ts';
import type { LoadContext } from '../load-context.ts';
import { noTiming } from '../no-timing.ts';
import type { ArrivalScope } from '../script/arrival-scope.ts';
import type { Condition } from '../script/compile-condition.ts';
import type { Instruction, RequestInstruction, Script } from '../script/compile-scenario.ts';
import { UndecodableBody } from '../script/decode-body.ts';
import type { Exchange, ExchangeOwner, ReceivedResponse } from '../transport.ts';

/** `ended early`: it was told to, or the run was over while no request was under way. */
export type ScenarioOutcome = 'completed' | 'failed' | 'ended early';

/** Hears once how each arrival ended, and how many requests it sent. The run is free for another one by then. */
export interface ScenarioOwner {
  scenarioEnded(outcome: ScenarioOutcome, requests: number, run: ScenarioRun, nowMicros: number): void;
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
  /** Where it is among the arrivals under way; -1 when it isn't. */
  place = -1;
  readonly #context: LoadContext;
  readonly #owner: ScenarioOwner;
  readonly #scope: ArrivalScope;
  readonly #exchange: Exchange;
  /** Times left of the loops around the current instruction, innermost last. */
  readonly #loops: number[] = [];
  #instructions: readonly Instruction[] = [];
  #next = 0;
  #dueMicros = Number.NaN;
  #request: RequestInstruction | undefined;
  /** The request under way could be made; of one that couldn't there is nothing to measure. */
  #isMade = false;
  #requests = 0;
  #alarm: Alarm | undefined;
  #endsSoon = false;

  constructor(context: LoadContext, scope: ArrivalScope, owner: ScenarioOwner) {
    this.#context = context;
    this.#scope = scope;
    this.#owner = owner;
    this.#exchange = context.exchange(this, scope);
  }

  /** The arrival's scope, to be begun before the run is. */
  get scope(): ArrivalScope {
    return this.#scope;
  }

  /** Plays a script for an arrival that was due at `dueMicros`; it is `nowMicros`. Not while another one is under way. */
  begin(script: Script, dueMicros: number, nowMicros: number): void {
    this.#instructions = script.instructions;
    this.#next = 0;
    this.#dueMicros = dueMicros;
    this.#requests = 0;
    this.#endsSoon = false;
    this.#loops.length = 0;
    this.#context.active.add(this);
    this.#advance(nowMicros);
  }

  /** Ends after the request under way, or at once when there is none. */
  endSoon(): void {
    this.#endsSoon = true;
    if (this.#request === undefined) this.#end('ended early', this.#context.clock.nowMicros());
  }

  /** Ends now; a request under way fails. */
  cutOff(): void {
    this.#exchange.abandon();
    if (this.#request === undefined) this.#end('ended early', this.#context.clock.nowMicros());
    else this.failed('cut off', 'still under way when the run was over', this.#context.clock.nowMicros());
  }

  /** Plays nothing more. */
  leave(): void {
    this.#exchange.leave();
  }

  answered(response: ReceivedResponse, endMicros: number): void {
    if (this.#request === undefined) return;
    const failure = this.#checked(this.#request, response);
    if (failure !== undefined) {
      this.failed(failure.kind, failure.detail, endMicros);
      return;
    }
    const { sink, timing } = this.#context;
    const { step, hasAfterHook } = this.#request;
    this.#close(endMicros);
    sink.requestCompleted(step, endMicros, timing);
    // The time that a hook took is nobody's response time.
    this.#dueMicros = hasAfterHook ? this.#context.clock.nowMicros() : endMicros;
    this.#advance(this.#dueMicros);
  }

  failed(kind: FailureKind, detail: string, endMicros: number): void {
    if (this.#request === undefined) return;
    const { sink, timing } = this.#context;
    const { step, name } = this.#request;
    this.#close(endMicros);
    sink.requestFailed(step, endMicros, timing, kind, exampleOf(name, detail));
    this.#end('failed', endMicros);
  }

  #checked(
    request: RequestInstruction,
    response: ReceivedResponse,
  ): { readonly kind: FailureKind; readonly detail: string } | undefined {
    try {
      return request.check.check(response, this.#scope);
    } catch (error) {
      const kind = error instanceof UndecodableBody ? error.kind : 'bad request';
      return { kind, detail: describe(error) };
    }
  }

  /** The request under way is over; its figures are in the context's timing. */
  #close(endMicros: number): void {
    const { timing } = this.#context;
    if (this.#isMade) this.#exchange.measure(timing, endMicros);
    else Object.assign(timing, noTiming());
    timing.responseMicros = endMicros - this.#dueMicros;
    this.#context.openRequests--;
    this.#request = undefined;
  }

  /** Plays on from the next instruction until one has to be waited for. */
  #advance(nowMicros: number): void {
    while (!this.#endsSoon) {
      const instruction = this.#instructions[this.#next++];
      if (instruction === undefined) {
        this.#end('completed', nowMicros);
        return;
      }
      if (this.#play(instruction, nowMicros) === 'waits') return;
    }
    this.#end('ended early', nowMicros);
  }

  #play(instruction: Instruction, nowMicros: number): 'waits' | 'goes on' {
    switch (instruction.kind) {
      case 'request':
        this.#send(instruction, nowMicros);
        return 'waits';
      case 'think':
        return this.#think(instruction.minMicros, instruction.maxMicros);
      case 'loop':
        if (this.#loopsOn(instruction, instruction.times)) this.#loops.push(instruction.times);
        else this.#next = instruction.end;
        return 'goes on';
      case 'again': {
        const left = (this.#loops.pop() ?? 1) - 1;
        if (this.#loopsOn(instruction, left)) {
          this.#loops.push(left);
          this.#next = instruction.first;
        }
        return 'goes on';
      }
    }
  }

  #loopsOn(loop: { readonly condition: Condition | undefined }, left: number): boolean {
    return left > 0 && (loop.condition === undefined || loop.condition(this.#scope));
  }

  #send(instruction: RequestInstruction, nowMicros: number): void {
    const { clock, sink } = this.#context;
    this.#request = instruction;
    this.#requests++;
    this.#context.openRequests++;
    this.#isMade = false;
    sink.requestStarted(instruction.step, nowMicros);
    try {
      const outgoing = instruction.request.outgoing(this.#scope);
      this.#isMade = true;
      this.#exchange.send(outgoing, instruction.check.keep, nowMicros + instruction.timeoutMicros);
    } catch (error) {
      this.#exchange.abandon();
      this.failed('bad request', describe(error), clock.nowMicros());
    }
  }

  #think(minMicros: number, maxMicros: number): 'waits' | 'goes on' {
    if (maxMicros <= 0) return 'goes on';
    const span = maxMicros - minMicros;
    this.#dueMicros += span > 0 ? minMicros + span * this.#scope.random() : minMicros;
    this.#alarm ??= new Alarm(this.#context.clock, () => this.#advance(this.#context.clock.nowMicros()));
    this.#alarm.set(this.#dueMicros);
    return 'waits';
  }

  #end(outcome: ScenarioOutcome, nowMicros: number): void {
    this.#alarm?.close();
    if (!this.#context.active.delete(this)) return;
    this.#owner.scenarioEnded(outcome, this.#requests, this, nowMicros);
    this.#context.ended();
  }
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));

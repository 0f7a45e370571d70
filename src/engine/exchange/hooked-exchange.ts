import type { FailureKind, RequestTiming } from '../../stats/measurement-sink.ts';
import { Alarm } from '../alarm.ts';
import type { RunClock } from '../engine.ts';
import type { HookResponse } from '../hooks.ts';
import { noTiming } from '../no-timing.ts';
import type { ArrivalScope } from '../script/arrival-scope.ts';
import { UndecodableBody } from '../script/decode-body.ts';
import type { StepHooks } from '../script/request-features.ts';
import { ResponseView } from '../script/response-view.ts';
import type { Exchange, ExchangeOwner, Keep, OutgoingRequest, ReceivedResponse } from '../transport.ts';
import { EditableRequest } from './editable-request.ts';
import { RequestContext } from './hook-context.ts';

const isPending = (result: unknown): result is PromiseLike<unknown> =>
  typeof result === 'object' && result !== null && 'then' in result && typeof result.then === 'function';

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Not for longer than the request takes: its connection then has another one's response. */
const shownToHook = (view: ResponseView, context: RequestContext): HookResponse => ({
  status: view.status,
  header: (name) => (context.isOpen ? view.header(name) : undefined),
  text: () => (context.isOpen ? view.text() : ''),
  json: () => (context.isOpen ? view.json()?.value : undefined),
});

/**
 * Calls a step's hooks around its request, at once when they return nothing to wait for. What is waited for has until
 * the request's deadline. Time in `before` is part of the response time, since the request is due, and not of the
 * service time; time in `after` is part of neither.
 */
export class HookedExchange implements Exchange, ExchangeOwner {
  readonly #inner: Exchange;
  readonly #owner: ExchangeOwner;
  readonly #scope: ArrivalScope;
  readonly #clock: RunClock;
  readonly #alarm: Alarm;
  #hooks: StepHooks | undefined;
  #context: RequestContext | undefined;
  #deadlineMicros = 0;
  /** The hook that is waited for. */
  #waitsFor: string | undefined;
  /** Counts what there was to wait for: an answer to an earlier wait is nobody's any more. */
  #turn = 0;
  #wasSent = false;
  /** When the response was complete; `after` is called then. */
  #answeredMicros: number | undefined;
  /** Of that instant: while `after` is waited for, the connection may be at work for others. */
  readonly #answered = noTiming();

  constructor(
    inner: (owner: ExchangeOwner) => Exchange,
    owner: ExchangeOwner,
    scope: ArrivalScope,
    clock: RunClock,
  ) {
    this.#inner = inner(this);
    this.#owner = owner;
    this.#scope = scope;
    this.#clock = clock;
    this.#alarm = new Alarm(clock, () =>
      this.#fail('failed hook', `${this.#waitsFor} was not done when the request's time was over`),
    );
  }

  send(request: OutgoingRequest, keep: Keep, deadlineMicros: number): void {
    const hooks = request.features?.hooks;
    this.#hooks = hooks;
    this.#deadlineMicros = deadlineMicros;
    this.#wasSent = false;
    this.#answeredMicros = undefined;
    if (hooks === undefined) {
      this.#forward(request, keep);
      return;
    }
    const context = new RequestContext(hooks.scenario, hooks.step, this.#scope);
    this.#context = context;
    const kept = hooks.after === undefined ? keep : 'head and body';
    const { before } = hooks;
    if (before === undefined) this.#forward(request, kept);
    else this.#callBefore(before, context, request, kept);
  }

  abandon(): void {
    this.#over();
    this.#inner.abandon();
  }

  leave(): void {
    this.#inner.leave();
  }

  measure(timing: RequestTiming, endMicros: number): void {
    if (this.#answeredMicros !== undefined) Object.assign(timing, this.#answered);
    else if (this.#wasSent) this.#inner.measure(timing, endMicros);
    else Object.assign(timing, noTiming());
  }

  answered(response: ReceivedResponse, endMicros: number): void {
    const after = this.#hooks?.after;
    const context = this.#context;
    if (after === undefined || context === undefined) {
      this.#answer(response, endMicros);
      return;
    }
    this.#answeredMicros = endMicros;
    this.#inner.measure(this.#answered, endMicros);
    const view = ResponseView.of(response);
    let result: unknown;
    try {
      result = after.run(shownToHook(view, context), context);
    } catch (error) {
      this.#hookFailed(after.name, error);
      return;
    }
    if (!isPending(result)) {
      this.#answer(view, endMicros);
      return;
    }
    view.keep();
    this.#waitFor(after.name, result, () => this.#answer(view, endMicros));
  }

  failed(kind: FailureKind, detail: string, endMicros: number): void {
    this.#over();
    this.#owner.failed(kind, detail, endMicros);
  }

  #callBefore(
    { name, run }: NonNullable<StepHooks['before']>,
    context: RequestContext,
    request: OutgoingRequest,
    keep: Keep,
  ): void {
    const { form } = request;
    if (Buffer.isBuffer(form)) throw new TypeError('hooks change messages, not bytes');
    const editable = new EditableRequest(form, this.#hooks?.textBody === true);
    const sendEdited = (): void => {
      let edited: OutgoingRequest;
      try {
        edited = editable.applyTo(request);
      } catch (error) {
        this.#hookFailed(name, error);
        return;
      }
      this.#forward(edited, keep);
    };
    let result: unknown;
    try {
      result = run(editable, context);
    } catch (error) {
      this.#hookFailed(name, error);
      return;
    }
    if (isPending(result)) this.#waitFor(name, result, sendEdited);
    else sendEdited();
  }

  #waitFor(name: string, result: PromiseLike<unknown>, goOn: () => void): void {
    const turn = ++this.#turn;
    this.#waitsFor = name;
    this.#alarm.set(this.#deadlineMicros);
    // What only looks like a promise may throw, or call back at once and more than once.
    Promise.resolve(result).then(
      () => {
        if (turn !== this.#turn) return;
        this.#alarm.close();
        goOn();
      },
      (error: unknown) => {
        if (turn === this.#turn) this.#hookFailed(name, error);
      },
    );
  }

  #forward(request: OutgoingRequest, keep: Keep): void {
    this.#wasSent = true;
    this.#inner.send(request, keep, this.#deadlineMicros);
  }

  #answer(response: ReceivedResponse, endMicros: number): void {
    this.#over();
    this.#owner.answered(response, endMicros);
  }

  #hookFailed(name: string, error: unknown): void {
    const kind = error instanceof UndecodableBody ? error.kind : 'failed hook';
    const detail = kind === 'failed hook' ? `${name}: ${describe(error)}` : describe(error);
    const turn = ++this.#turn;
    // Not at once: whoever sends a request isn't prepared to hear of it before send returns.
    process.nextTick(() => {
      if (turn === this.#turn) this.#fail(kind, detail);
    });
  }

  #fail(kind: FailureKind, detail: string): void {
    this.failed(kind, detail, this.#answeredMicros ?? this.#clock.nowMicros());
  }

  /** The request has ended, or is given up: nothing that is still waited for has a say any more. */
  #over(): void {
    this.#turn++;
    this.#alarm.close();
    this.#context?.close();
    this.#context = undefined;
  }
}

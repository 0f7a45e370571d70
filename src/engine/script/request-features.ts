import type { AfterHook, BeforeHook } from '../hooks.ts';

/** What a step asks for around its request, beyond sending it. Each is done by an `Exchange` that wraps the transport's. */
export interface RequestFeatures {
  /** How many redirects in a row are followed; 0 takes a redirect for the answer. */
  readonly redirects: number;
  readonly hooks: StepHooks | undefined;
}

/** The hooks of one step, by the names they have in the plan. */
export interface StepHooks {
  readonly scenario: string;
  readonly step: string;
  readonly before: { readonly name: string; readonly run: BeforeHook } | undefined;
  readonly after: { readonly name: string; readonly run: AfterHook } | undefined;
  /** Whether `before` is shown the body as a text, not as bytes. */
  readonly textBody: boolean;
}

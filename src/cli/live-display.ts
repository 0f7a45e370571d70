import { type CliContext, columnsOf, wantsColour } from './cli-context.ts';

/** Where something is shown while it goes on: stderr, so that stdout holds results only. */
export interface Display<Shown> {
  show(shown: Shown): void;
  /** A remark that stays. */
  note(text: string): void;
  /** Takes a live block away; plain lines stay. Closing twice is closing once. */
  close(): void;
}

export interface BlockLayout {
  readonly columns: number;
  readonly colour: boolean;
}

/** A block redrawn in place with log-update, the newest remark below it. */
export const openLiveDisplay = async <Shown>(
  { stderr, env }: CliContext,
  hint: string,
  render: (shown: Shown, remark: string, layout: BlockLayout) => string,
): Promise<Display<Shown>> => {
  const { createLogUpdate } = await import('log-update');
  const colour = wantsColour(stderr, env);
  const update = createLogUpdate(stderr);
  let remark = hint;
  let last: { readonly shown: Shown } | undefined;
  let closed = false;
  const draw = (): void => {
    if (last !== undefined && !closed)
      update(render(last.shown, remark, { columns: columnsOf(stderr), colour }));
  };
  return {
    show(shown) {
      last = { shown };
      draw();
    },
    note(text) {
      remark = text;
      if (last === undefined || closed) stderr.write(`${text}\n`);
      draw();
    },
    close() {
      if (closed) return;
      closed = true;
      update.clear();
      update.done();
    },
  };
};

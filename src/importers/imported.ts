/** A plan as `docs/plan.md` describes it, before it is written as YAML. */
export type WrittenPlan = Readonly<Record<string, unknown>>;

/** Something the source says and the plan doesn't, with the line of the source if it has one. */
export interface Leftover {
  readonly what: string;
  readonly line?: number;
}

export type Imported =
  | {
      readonly kind: 'imported';
      readonly plan: WrittenPlan;
      readonly leftovers: readonly Leftover[];
      /** What is good to know about the plan although nothing is missing. */
      readonly notes: readonly string[];
      /** What the stages of the load are called in the source, if anything. */
      readonly stageNames?: readonly (string | undefined)[];
    }
  /** Nothing to make a plan of. */
  | { readonly kind: 'problem'; readonly reason: string; readonly line?: number };

/** Collects what could not be carried over; the same thing at the same place once. */
export interface ImportLog {
  leave(what: string, line?: number): void;
  note(text: string): void;
  readonly leftovers: readonly Leftover[];
  readonly notes: readonly string[];
}

export const importLog = (): ImportLog => {
  const leftovers = new Map<string, Leftover>();
  const notes = new Set<string>();
  return {
    leave(what, line) {
      leftovers.set(`${line ?? ''} ${what}`, line === undefined ? { what } : { what, line });
    },
    note: (text) => void notes.add(text),
    get leftovers() {
      return [...leftovers.values()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
    },
    get notes() {
      return [...notes];
    },
  };
};

const sampleHost = '127.0.0.1';
const samplePort = '8080';

/** What stands in for a variable of the target that nobody sets, by what is written before it. */
export const targetStandIn = (before: string): string => {
  if (before.trim() === '') return `http://${sampleHost}:${samplePort}`;
  return before.endsWith(':') ? samplePort : sampleHost;
};

const mostReasons = 3;

/** Why there is nothing to make a plan of, with the first things that could not be carried over. */
export const refuse = (reason: string, { leftovers }: Pick<ImportLog, 'leftovers'>): Imported => {
  const first = leftovers.slice(0, mostReasons).map(({ what }) => what);
  return { kind: 'problem', reason: first.length === 0 ? reason : `${reason} (${first.join('; ')})` };
};

/** What says nothing of its own load gets this: little enough to be harmless anywhere. */
export const modestLoad = [{ for: '30s', rate: 1 }] as const;
export const modestLoadNote = 'the load is only a beginning: one arrival a second for half a minute';

import * as z from 'zod/mini';

const count = z.int();

/** What an update did, or several in a row. Small: it goes through a state machine. */
export const updateReport = z.object({
  /** Tables of containers that were looked at. */
  tables: count,
  tablesMade: count,
  viewsMade: count,
  tablesRemoved: count,
  /** Tables and views whose definition was replaced. */
  replaced: count,
  partitionsMade: count,
  /** Those that were wrong and those past retention. */
  partitionsRemoved: count,
  objectsDeleted: count,
  /** What could not be done, in words: the first ones. */
  problems: z.array(z.string()),
  problemCount: count,
  /** What was left alone, in words: the first ones. */
  notes: z.array(z.string()),
});

export type UpdateReport = z.infer<typeof updateReport>;

export const emptyReport: UpdateReport = {
  tables: 0,
  tablesMade: 0,
  viewsMade: 0,
  tablesRemoved: 0,
  replaced: 0,
  partitionsMade: 0,
  partitionsRemoved: 0,
  objectsDeleted: 0,
  problems: [],
  problemCount: 0,
  notes: [],
};

const mostSentences = 20;
const longestSentence = 500;

type Figure = Exclude<keyof UpdateReport, 'problems' | 'problemCount' | 'notes'>;

/** Gathers a report while tables are worked on. */
export class UpdateTally {
  #report: UpdateReport;

  constructor(before: UpdateReport = emptyReport) {
    this.#report = before;
  }

  add(figure: Figure, count = 1): void {
    this.#report = { ...this.#report, [figure]: this.#report[figure] + count };
  }

  problem(sentence: string): void {
    const { problems, problemCount } = this.#report;
    this.#report = {
      ...this.#report,
      problems: withSentence(problems, sentence),
      problemCount: problemCount + 1,
    };
  }

  note(sentence: string): void {
    this.#report = { ...this.#report, notes: withSentence(this.#report.notes, sentence) };
  }

  get report(): UpdateReport {
    return this.#report;
  }
}

const withSentence = (sentences: readonly string[], sentence: string): string[] =>
  sentences.length === mostSentences || sentences.includes(sentence)
    ? [...sentences]
    : [...sentences, sentence.length > longestSentence ? `${sentence.slice(0, longestSentence)}…` : sentence];

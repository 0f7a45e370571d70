import type { DocumentPath } from '../../document/document-source.ts';
import type { Report } from '../../document/findings.ts';

/** What parts of a policy are checked with. */
export interface PolicyFindings {
  readonly report: Report;
  /** Worth knowing, and no mistake. */
  readonly note: (path: DocumentPath, words: string) => void;
  /** The time between two ticks. */
  readonly everySeconds: number;
}

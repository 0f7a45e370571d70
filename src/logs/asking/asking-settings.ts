import type { CatalogUpdate } from '../../platform/ports/logs-api.ts';
import type { QueryBook } from './query-book.ts';

/** What a place where questions are answered brings along, beside its ports. */
export interface AskingSettings {
  /** US dollars for a TB that is scanned; 0 where nothing is paid. */
  readonly usdPerTerabyte: number;
  /** Most that any query may scan here; whoever asks may only ask for less. */
  readonly maxScanBytes?: number;
  /** Of the JSON of a page's rows: what carries answers takes no more. Left out where anything goes, and pages come once. */
  readonly mostPageBytes?: number;
  /** Queries that were started here: an id that isn't in it is nobody's. */
  readonly book: QueryBook;
  /** Brings the whole catalog up to date, or has that begun. */
  readonly updateCatalog: () => Promise<CatalogUpdate>;
  /** Brings up to date what a question touches, before it is looked up. Left out where the catalog is kept by itself. */
  readonly prepare?: (touched: Touched) => Promise<void>;
  /** Puts what is left of an object that can't be read into its place. False: there is nothing to be done. */
  readonly salvage?: (key: string) => Promise<boolean>;
}

export type Touched =
  | { readonly kind: 'logs'; readonly family: string; readonly container?: string }
  /** Every name in a SQL text, in lower case, be it a table or not. */
  | { readonly kind: 'sql'; readonly names: ReadonlySet<string> };

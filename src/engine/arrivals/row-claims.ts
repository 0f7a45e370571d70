/** Takes a row, or hears that there are none left. Returns whether it was used; else the next in line gets it. */
export type RowTaker = (row: number | undefined) => boolean;

type Block = { readonly from: number; readonly count: number } | undefined;

const retryMillis = 200;

/**
 * Rows that are used once, for the closed model, where no schedule says who uses which. Blocks of rows are reserved
 * for this shard and dealt out one by one; the next block is asked for when half of one is gone. When asking fails it
 * is asked again, so a store that is away for a moment holds users up but loses no row.
 */
export class RowClaims {
  readonly #claim: () => Promise<Block>;
  readonly #blocks: { next: number; readonly end: number }[] = [];
  readonly #waiting: RowTaker[] = [];
  #half = 0;
  #claiming = false;
  #usedUp = false;
  #closed = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(claim: () => Promise<Block>) {
    this.#claim = claim;
  }

  /** Calls back with a row: now if there is one, else when a block has been reserved; with undefined when all are used. */
  take(taker: RowTaker): void {
    this.#waiting.push(taker);
    this.#deal();
  }

  close(): void {
    this.#closed = true;
    this.#waiting.length = 0;
    clearTimeout(this.#retry);
  }

  #deal(): void {
    for (let block = this.#blocks[0]; block !== undefined; block = this.#blocks[0]) {
      if (block.next >= block.end) this.#blocks.shift();
      else {
        const taker = this.#waiting.shift();
        if (taker === undefined) break;
        // Taken before the call, which may come back here for another row.
        const row = block.next++;
        if (!taker(row)) block.next = this.#giveBack(block, row);
      }
    }
    if (this.#usedUp && this.#blocks.length === 0) {
      for (const taker of this.#waiting.splice(0)) taker(undefined);
    } else if (this.#left() <= this.#half && (this.#waiting.length > 0 || this.#half > 0)) this.#ask();
  }

  /** Only the row dealt last can be given back; another stays unused. */
  #giveBack(block: { readonly next: number }, row: number): number {
    return block.next === row + 1 ? row : block.next;
  }

  #left(): number {
    return this.#blocks.reduce((sum, { next, end }) => sum + end - next, 0);
  }

  #ask(): void {
    if (this.#claiming || this.#usedUp || this.#closed) return;
    this.#claiming = true;
    this.#claim().then(
      (block) => {
        this.#claiming = false;
        if (this.#closed) return;
        if (block === undefined) this.#usedUp = true;
        else {
          this.#half = Math.floor(block.count / 2);
          this.#blocks.push({ next: block.from, end: block.from + block.count });
        }
        this.#deal();
      },
      () => {
        if (this.#closed) return;
        this.#retry = setTimeout(() => {
          this.#claiming = false;
          this.#ask();
        }, retryMillis);
      },
    );
  }
}

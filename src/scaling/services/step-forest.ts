/**
 * Which count leads to which, as a forest whose edges change one at a time: a count that stays is a root. Asking for a root,
 * linking and cutting take O(log n) amortised, so that a sweep over all demands needn't walk any path. Link-cut trees of Sleator and
 * Tarjan, "A Data Structure for Dynamic Trees" (1983), with splay trees ordered by depth.
 */
export class StepForest {
  readonly #left: Int32Array;
  readonly #right: Int32Array;
  readonly #parent: Int32Array;

  constructor(size: number) {
    this.#left = new Int32Array(size).fill(-1);
    this.#right = new Int32Array(size).fill(-1);
    this.#parent = new Int32Array(size).fill(-1);
  }

  rootOf(node: number): number {
    this.#expose(node);
    let root = node;
    for (let up = this.#at(this.#left, root); up !== -1; up = this.#at(this.#left, root)) root = up;
    this.#splay(root);
    return root;
  }

  /** `node` must be a root, and not that of `to`. */
  link(node: number, to: number): void {
    this.#expose(node);
    this.#parent[node] = to;
  }

  /** Makes a node a root; it may be one already. */
  cut(node: number): void {
    this.#expose(node);
    const above = this.#at(this.#left, node);
    if (above === -1) return;
    this.#parent[above] = -1;
    this.#left[node] = -1;
  }

  #at(links: Int32Array, node: number): number {
    return links[node] ?? -1;
  }

  #isTop(node: number): boolean {
    const parent = this.#at(this.#parent, node);
    return parent === -1 || (this.#left[parent] !== node && this.#right[parent] !== node);
  }

  /** Brings a node above its parent within their splay tree. */
  #rotate(node: number): void {
    const parent = this.#at(this.#parent, node);
    const grand = this.#at(this.#parent, parent);
    const [near, far] = this.#left[parent] === node ? [this.#left, this.#right] : [this.#right, this.#left];
    if (this.#left[grand] === parent) this.#left[grand] = node;
    else if (this.#right[grand] === parent) this.#right[grand] = node;
    const middle = this.#at(far, node);
    near[parent] = middle;
    if (middle !== -1) this.#parent[middle] = parent;
    far[node] = parent;
    this.#parent[parent] = node;
    this.#parent[node] = grand;
  }

  #splay(node: number): void {
    while (!this.#isTop(node)) {
      const parent = this.#at(this.#parent, node);
      if (!this.#isTop(parent)) {
        const grand = this.#at(this.#parent, parent);
        const isStraight = (this.#left[parent] === node) === (this.#left[grand] === parent);
        this.#rotate(isStraight ? parent : node);
      }
      this.#rotate(node);
    }
  }

  /** Makes the path from a node to its root one splay tree, with the node on top and nothing deeper in it. */
  #expose(node: number): void {
    let below = -1;
    for (let top = node; top !== -1; top = this.#at(this.#parent, top)) {
      this.#splay(top);
      this.#right[top] = below;
      below = top;
    }
    this.#splay(node);
  }
}

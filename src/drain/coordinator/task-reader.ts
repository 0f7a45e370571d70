import { type ClusterReadPorts, describedAtOnce, describeTasks } from '../../calls/cluster-reads.ts';
import type { ClusterTask } from '../../platform/ports/container-cluster.ts';

/** Describes tasks while more of them are being listed, each once. */
export class TaskReader {
  readonly #ports: ClusterReadPorts;
  readonly #cluster: string;
  readonly #known: Set<string>;
  readonly #reads: Promise<readonly ClusterTask[]>[] = [];
  #waiting: string[] = [];

  /** `skipped`: those that needn't be described. */
  constructor(ports: ClusterReadPorts, cluster: string, skipped: Iterable<string>) {
    this.#ports = ports;
    this.#cluster = cluster;
    this.#known = new Set(skipped);
  }

  add(arns: readonly string[]): void {
    for (const arn of arns) {
      if (this.#known.has(arn)) continue;
      this.#known.add(arn);
      this.#waiting.push(arn);
    }
    while (this.#waiting.length >= describedAtOnce) this.#read(this.#waiting.splice(0, describedAtOnce));
  }

  /** All of them. Throws what a call threw. */
  async finish(): Promise<readonly ClusterTask[]> {
    if (this.#waiting.length > 0) this.#read(this.#waiting.splice(0));
    return (await Promise.all(this.#reads)).flat();
  }

  #read(arns: readonly string[]): void {
    const read = describeTasks(this.#ports, this.#cluster, arns);
    // Whoever calls `finish` hears of a failure; until then nobody listens.
    read.catch(() => undefined);
    this.#reads.push(read);
  }
}

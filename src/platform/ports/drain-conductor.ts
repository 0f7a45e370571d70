/** The drain conductor port: has the steps of a drain carried out, one after another, outside of whoever asks. */
export interface DrainConductor {
  /** Has the cluster's drains looked after until none is left. The same generation twice is the same conductor. */
  conduct(cluster: string, generation: number): Promise<void>;
  /**
   * Has one instance drained without hurry. The same drain twice is the same conductor; with a new `turn`, another one looks
   * at once, beside the one that may be waiting for hours.
   */
  conductInstance(cluster: string, drainId: string, turn?: string): Promise<void>;
}

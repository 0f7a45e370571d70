/**
 * The instance addresses port: where an instance is reached inside its network. ECS tells a task's own address, never its
 * instance's. Throws `CallThrottled`, `ClusterUnavailable` when a call fails in a way that may pass, else `ClusterRefused`.
 */
export interface InstanceAddresses {
  /**
   * Private IPv4 addresses by EC2's instance id, of at most 100; instances that aren't there are left out. EC2 has a bucket of its
   * own, and no drain waits for this: it is not paid for.
   */
  privateAddresses(instanceIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

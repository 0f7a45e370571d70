import { isIPv4 } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { InstanceAddresses } from '../../src/platform/ports/instance-addresses.ts';

export interface InstanceAddressesUnderTest {
  readonly addresses: InstanceAddresses;
  /** Ids of three instances that are there. */
  readonly instanceIds: readonly [string, string, string];
  /** A well-formed id that no instance has. */
  readonly missingId: string;
  close(): Promise<void>;
}

/** What whoever tells the addresses of instances must do. */
export const describeInstanceAddressesContract = (
  name: string,
  open: () => Promise<InstanceAddressesUnderTest>,
): void => {
  describe(`instance addresses contract: ${name}`, () => {
    it('tells an address of its own for each instance, and leaves out those that are not there', async () => {
      const { addresses, instanceIds, missingId, close } = await open();
      try {
        const found = await addresses.privateAddresses([missingId, ...instanceIds]);
        expect([...found.keys()].sort()).toEqual([...instanceIds].sort());
        expect(new Set(found.values()).size).toBe(3);
        expect([...found.values()].filter((address) => !isIPv4(address))).toEqual([]);
      } finally {
        await close();
      }
    });

    it('tells nothing of nothing, and of none that is there', async () => {
      const { addresses, missingId, close } = await open();
      try {
        expect(await addresses.privateAddresses([])).toEqual(new Map());
        expect(await addresses.privateAddresses([missingId])).toEqual(new Map());
      } finally {
        await close();
      }
    });
  });
};

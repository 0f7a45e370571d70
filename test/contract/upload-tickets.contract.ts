import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../src/platform/ports/object-store.ts';
import type { UploadTicket, UploadTickets } from '../../src/platform/ports/upload-tickets.ts';

export interface UploadTicketsUnderTest {
  readonly tickets: UploadTickets;
  /** Where uploads arrive. */
  readonly store: ObjectStore;
  close(): Promise<void>;
}

const content = new TextEncoder().encode('user,password\nada,1\n');
const sha256 = createHash('sha256').update(content).digest('hex');
const upload = { key: `uploads/${sha256}`, bytes: content.length, sha256 };

const send = async (ticket: UploadTicket, body: Uint8Array<ArrayBuffer>): Promise<number> => {
  const response = await fetch(ticket.url, { method: ticket.method, headers: ticket.headers, body });
  await response.arrayBuffer();
  return response.status;
};

/** What every issuer of upload tickets must do; run on each implementation. */
export const describeUploadTicketsContract = (
  name: string,
  open: () => Promise<UploadTicketsUnderTest>,
): void => {
  describe(`upload tickets contract: ${name}`, () => {
    const opened: UploadTicketsUnderTest[] = [];
    const fresh = async (): Promise<UploadTicketsUnderTest> => {
      const made = await open();
      opened.push(made);
      return made;
    };
    afterEach(async () => {
      for (const made of opened.splice(0)) await made.close();
    });

    it('lets the content be written under its key', async () => {
      const { tickets, store } = await fresh();
      const status = await send(await tickets.issue(upload), content);
      expect(status).toBeGreaterThanOrEqual(200);
      expect(status).toBeLessThan(300);
      const got = await store.get(upload.key);
      expect(got.kind === 'found' && Buffer.compare(got.body, content)).toBe(0);
    });

    it('leaves an upload that is there as it is', async () => {
      const { tickets, store } = await fresh();
      await send(await tickets.issue(upload), content);
      const before = await store.get(upload.key);
      // 412 says that it is there; a store may also take the same content again.
      expect([200, 201, 204, 412]).toContain(await send(await tickets.issue(upload), content));
      expect(await store.get(upload.key)).toEqual(before);
    });

    it('ends within 15 minutes', async () => {
      const { tickets } = await fresh();
      const { expiresAt } = await tickets.issue(upload);
      const left = Date.parse(expiresAt) - Date.now();
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(15 * 60_000);
    });
  });
};

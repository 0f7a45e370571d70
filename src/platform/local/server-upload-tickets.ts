import type { UploadTickets } from '../ports/upload-tickets.ts';

const validMillis = 15 * 60_000;

/** Tickets for uploads to the API's own server, which checks the digest. */
export const serverUploadTickets = (serverUrl: string, nowMillis: () => number): UploadTickets => ({
  async issue({ sha256 }) {
    return {
      url: `${serverUrl}/uploads/${sha256}`,
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream' },
      expiresAt: new Date(nowMillis() + validMillis).toISOString(),
    };
  },
});

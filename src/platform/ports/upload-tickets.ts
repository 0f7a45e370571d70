/** Lets a client write one upload straight into the object store, for a short time and with that content only. */
export interface UploadTickets {
  issue(upload: {
    readonly key: string;
    readonly bytes: number;
    readonly sha256: string;
  }): Promise<UploadTicket>;
}

export interface UploadTicket {
  readonly url: string;
  readonly method: 'PUT';
  /** To be sent exactly so. */
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: string;
}

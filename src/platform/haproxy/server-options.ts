/** A failed server is out after about a second; a new one, which begins as down, gets requests after its first answer. */
export const defaultServerOptions = 'check inter 1s fastinter 250ms downinter 250ms rise 1 fall 2';

import { createServer, type Server, type Socket } from 'node:net';

const answer = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 12\r\n\r\nhello world\n',
);
const endOfHead = Buffer.from('\r\n\r\n');

/**
 * Answers requests without bodies, and does as little as it can beside: what happens is to be what the server says
 * happened. `onRequest` is called when a request has been read; `send` writes the answer at once.
 */
export const answerRequests = (socket: Socket, onRequest: (send: () => void) => void): void => {
  let rest: Buffer | undefined;
  const send = (): void => {
    if (socket.writable) socket.write(answer);
  };
  socket.on('data', (chunk: Buffer) => {
    let bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
    for (let end = bytes.indexOf(endOfHead); end !== -1; end = bytes.indexOf(endOfHead)) {
      bytes = bytes.subarray(end + endOfHead.length);
      onRequest(send);
    }
    rest = bytes.length === 0 ? undefined : bytes;
  });
  socket.on('error', () => socket.destroy());
};

export const rawServer = (onRequest: (send: () => void) => void): Server =>
  createServer({ noDelay: true }, (socket) => answerRequests(socket, onRequest));

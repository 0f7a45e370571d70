import type { OutgoingRequest, RequestMessage } from '../transport.ts';

/**
 * A request as HTTP/1.1 sends it: the host comes first when the message names none, the length last. What could end a
 * line early must not be in the message.
 */
export const serializeMessage = (
  message: RequestMessage,
  { origin, closes }: Pick<OutgoingRequest, 'origin' | 'closes'>,
): Buffer => {
  const { method, path, headers, body } = message;
  let namesHost = false;
  let namesConnection = false;
  let lines = '';
  for (const [name, value] of headers) {
    if (name.length === 4 && name.toLowerCase() === 'host') namesHost = true;
    else if (name.length === 10 && name.toLowerCase() === 'connection') namesConnection = true;
    lines += `${name}: ${value}\r\n`;
  }
  const host = namesHost ? '' : `host: ${origin.authority}\r\n`;
  if (closes && !namesConnection) lines += 'connection: close\r\n';
  const head = `${method} ${path} HTTP/1.1\r\n${host}${lines}`;
  if (body === undefined) return Buffer.from(`${head}\r\n`, 'utf8');
  const sized = `${head}content-length: ${body.length}\r\n\r\n`;
  const headBytes = Buffer.byteLength(sized, 'utf8');
  const bytes = Buffer.allocUnsafe(headBytes + body.length);
  bytes.write(sized, 0, 'utf8');
  body.copy(bytes, headBytes);
  return bytes;
};

const charsetParameter = /;\s*charset\s*=\s*"?([^\s;"]+)/i;
const utf8Names = /^(?:utf-?8|us-ascii|ascii)$/i;

type Decode = (body: Buffer) => string;

const known = new Map<string, Decode | undefined>();

const decoderFor = (charset: string): Decode | undefined => {
  const name = charset.toLowerCase();
  if (known.has(name)) return known.get(name);
  let decode: Decode | undefined;
  try {
    const decoder = new TextDecoder(name);
    decode = (body) => decoder.decode(body);
  } catch {
    // Unknown: it is read as UTF-8, like a body that doesn't say.
  }
  // Names come from the target: a few are kept, not as many as it likes.
  if (known.size < 50) known.set(name, decode);
  return decode;
};

/** A body's text in the charset that its `content-type` names, UTF-8 unless it does; without a byte order mark. */
export const decodeText = (body: Buffer, contentType: string | undefined): string => {
  const charset = contentType === undefined ? undefined : charsetParameter.exec(contentType)?.[1];
  if (charset !== undefined && !utf8Names.test(charset)) {
    const decode = decoderFor(charset);
    if (decode !== undefined) return decode(body);
  }
  const marked = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
  return body.toString('utf8', marked ? 3 : 0);
};

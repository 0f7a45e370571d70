import { createHash } from 'node:crypto';
import type { MultipartPart } from '../../plan/plan.ts';
import type { ArrivalScope } from './arrival-scope.ts';
import { BadRequest, type CompiledText, compileText, constantText, renderText } from './compile-text.ts';
import { type CompiledContent, fileBytes, type UploadedFiles } from './request-content.ts';

/** Names as browsers write them in a part's header (HTML, "multipart/form-data encoding algorithm"). */
const quoted = (name: string): string =>
  `"${name.toWellFormed().replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')}"`;

const headOf = (part: MultipartPart): string => {
  const disposition = `content-disposition: form-data; name=${quoted(part.name)}`;
  if (part.kind === 'text') return `${disposition}\r\n\r\n`;
  return `${disposition}; filename=${quoted(part.fileName)}\r\ncontent-type: ${part.contentType}\r\n\r\n`;
};

/** The same for the same contents, so that a run can be repeated to the byte; 70 characters at most (RFC 2046, 5.1.1). */
const planBoundary = (contents: readonly Buffer[]): string => {
  for (let attempt = 0; ; attempt++) {
    const hash = createHash('sha256').update(String(attempt));
    for (const content of contents) hash.update(content);
    const boundary = `stormdrain-${hash.digest('hex').slice(0, 40)}`;
    if (!contents.some((content) => content.includes(boundary))) return boundary;
  }
};

type Piece = Buffer | CompiledText;

/** Neighbouring bytes are one piece. */
const joinPieces = (pieces: readonly Piece[]): readonly Piece[] => {
  const joined: Piece[] = [];
  let bytes: Buffer[] = [];
  for (const piece of pieces) {
    if (Buffer.isBuffer(piece)) bytes.push(piece);
    else {
      joined.push(Buffer.concat(bytes), piece);
      bytes = [];
    }
  }
  return [...joined, Buffer.concat(bytes)];
};

/**
 * Compiles a `multipart/form-data` body (RFC 7578). Its boundary stays the same, and occurs in none of the contents
 * that are known beforehand; a value that brings it in later fails the request.
 */
export const compileMultipart = (
  parts: readonly MultipartPart[],
  constants: ReadonlyMap<string, string>,
  files: UploadedFiles,
): CompiledContent => {
  const contents = parts.map((part): Piece => {
    if (part.kind === 'file') return fileBytes(part.file, files);
    const text = compileText(part.template, constants);
    const constant = constantText(text);
    return constant === undefined ? text : Buffer.from(constant, 'utf8');
  });
  const boundary = planBoundary(contents.filter((each) => Buffer.isBuffer(each)));
  const pieces = joinPieces([
    ...parts.flatMap((part, index) => [
      Buffer.from(`--${boundary}\r\n${headOf(part)}`, 'utf8'),
      contents[index] ?? [],
      Buffer.from('\r\n', 'latin1'),
    ]),
    Buffer.from(`--${boundary}--\r\n`, 'latin1'),
  ]);
  const bytesOf = (piece: Piece, scope: ArrivalScope): Buffer => {
    if (Buffer.isBuffer(piece)) return piece;
    const value = renderText(piece, scope);
    if (value.includes(boundary)) throw new BadRequest('a value of the form contains its boundary');
    return Buffer.from(value, 'utf8');
  };
  const [only] = pieces;
  const constant = pieces.length === 1 && Buffer.isBuffer(only) ? only : undefined;
  return {
    constant,
    text: undefined,
    contentType: `multipart/form-data; boundary=${boundary}`,
    render: (scope) => constant ?? Buffer.concat(pieces.map((piece) => bytesOf(piece, scope))),
  };
};

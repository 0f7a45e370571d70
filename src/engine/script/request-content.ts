import type { FileReference } from '../../plan/plan.ts';
import type { ArrivalScope } from './arrival-scope.ts';
import type { CompiledText } from './compile-text.ts';

/** The bytes of files by their key in the object store. */
export type UploadedFiles = ReadonlyMap<string, Uint8Array>;

/** What a request sends after its head. */
export interface CompiledContent {
  /** The bytes, when they are the same each time. */
  readonly constant: Buffer | undefined;
  /** What it is made of, when that is a text. */
  readonly text: CompiledText | undefined;
  /** Set where the plan can't know the `content-type`. */
  readonly contentType: string | undefined;
  /** @throws BadRequest */
  render(scope: ArrivalScope): Buffer;
}

/**
 * The bytes of a file, not copied.
 * @throws RangeError when it isn't among the files.
 */
export const fileBytes = (file: FileReference, files: UploadedFiles): Buffer => {
  const bytes = files.get(file.upload);
  if (bytes === undefined) throw new RangeError(`the contents of ${file.file} are missing`);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
};

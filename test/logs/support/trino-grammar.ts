import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

interface TrinoGrammar {
  validate(sql: string): readonly { readonly message: string }[];
}

let opened: Promise<TrinoGrammar> | undefined;

/** Trino's own grammar (dt-sql-parser). Its modules leave out endings, which Node doesn't take: they are bundled first. */
export const trinoGrammar = (): Promise<TrinoGrammar> => {
  opened ??= openGrammar();
  return opened;
};

const openGrammar = async (): Promise<TrinoGrammar> => {
  const folder = await mkdtemp(join(tmpdir(), 'stormdrain-grammar-'));
  try {
    const bundled = await build({
      stdin: {
        contents: "export { TrinoSQL } from 'dt-sql-parser/dist/parser/trino';",
        resolveDir: import.meta.dirname,
      },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
    });
    const file = join(folder, 'grammar.mjs');
    await writeFile(file, bundled.outputFiles[0]?.contents ?? '');
    const { TrinoSQL } = (await import(pathToFileURL(file).href)) as { TrinoSQL: new () => TrinoGrammar };
    return new TrinoSQL();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

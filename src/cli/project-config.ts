import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';
import { BadInputError } from '../errors.ts';
import { isAllowedTargetEntry } from '../plan/allowed-targets.ts';

/** What `stormdrain.config.yml` in the current folder says. */
export interface ProjectConfig {
  /** Hosts, `*.suffix`es, addresses and CIDRs that load may go to, beside loopback. */
  readonly allowedTargets: readonly string[];
}

export const configFile = 'stormdrain.config.yml';

const allowedTarget = z
  .string('expected text')
  .refine(
    isAllowedTargetEntry,
    'expected a host, *.suffix, an address or a CIDR, such as shop.test or 10.0.0.0/8',
  );

const document = z.strictObject({
  allowedTargets: z.array(allowedTarget, 'expected a list').default([]),
});

const issueLine = (issue: z.core.$ZodIssue): string => {
  const path = issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : String(part))).join('');
  if (issue.code === 'unrecognized_keys')
    return `unknown key ${issue.keys.join(', ')}: it may hold allowedTargets`;
  return `${path === '' ? '' : `${path}: `}${issue.message}`;
};

/** Throws `BadInput` that names the file and every mistake. An empty file is an empty configuration. */
export const parseProjectConfig = (text: string, file: string): ProjectConfig => {
  const lineCounter = new LineCounter();
  const yaml = parseDocument(text, { lineCounter, prettyErrors: false });
  const error = yaml.errors[0];
  if (error !== undefined) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    throw new BadInputError(`${file}:${line}:${col} is not YAML: ${error.message}`);
  }
  const parsed = document.safeParse(yaml.toJS({ maxAliasCount: 10 }) ?? {});
  if (!parsed.success) {
    throw new BadInputError(parsed.error.issues.map((issue) => `${file}: ${issueLine(issue)}`).join('\n'));
  }
  return parsed.data;
};

/** The configuration of a folder; without the file, nothing but loopback is allowed. */
export const readProjectConfig = async (folder: string): Promise<ProjectConfig> => {
  let text: string;
  try {
    text = await readFile(join(folder, configFile), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { allowedTargets: [] };
    throw new BadInputError(`${configFile} can't be read: ${(error as Error).message}`, { cause: error });
  }
  return parseProjectConfig(text, configFile);
};

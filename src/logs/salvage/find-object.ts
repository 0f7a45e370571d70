import { parseLogKey } from '../layout/log-key.ts';

/** The key of the log object that an engine's message names. @param root Of the store, as SQL names it: `s3://bucket/`. */
export const findObject = (message: string, root: string): string | undefined => {
  for (let from = message.indexOf(root); from !== -1; from = message.indexOf(root, from + root.length)) {
    const [found = ''] = /^[^\s"'\\,;()]+/.exec(message.slice(from + root.length)) ?? [];
    const key = found.replace(/[.:]+$/, '');
    if (parseLogKey(key) !== undefined) return key;
  }
  return undefined;
};

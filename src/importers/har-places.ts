/** The index of the quote that ends the string which begins at `at`. */
const endOfString = (text: string, at: number): number => {
  let end = at;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end < 0) return text.length;
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return end;
  }
};

/** `log` and `entries` for an item of the list of entries. */
const isEntry = (keys: readonly (string | undefined)[]): boolean =>
  keys.length === 3 && keys[0] === 'log' && keys[1] === 'entries';

/** The line, from 1, on which each entry of a HAR file begins. `text` is well-formed JSON. */
export const harEntryLines = (text: string): readonly number[] => {
  const lines: number[] = [];
  /** The key that is read at each depth; undefined in a list. */
  const keys: (string | undefined)[] = [];
  let line = 1;
  let lastString = '';
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '\n':
        line++;
        break;
      case '"': {
        const end = endOfString(text, at);
        lastString = end - at < 20 ? text.slice(at + 1, end) : '';
        at = end;
        break;
      }
      case ':':
        keys[keys.length - 1] = lastString;
        break;
      case '{':
      case '[':
        if (isEntry(keys)) lines.push(line);
        keys.push(undefined);
        break;
      case '}':
      case ']':
        keys.pop();
        break;
    }
  }
  return lines;
};

// biome-ignore-all lint/suspicious/noControlCharactersInRegex: control characters are what this is about

/**
 * Colours and the like (CSI), and titles, links and the clipboard (OSC). Looking for the end of one stops where another
 * begins, so that hostile text of any length takes time in proportion to it.
 */
const sequences =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b\]|\u009d)[^\u0007\u001b\u009b-\u009d]*(?:\u0007|\u001b\\|\u009c)/g;
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/** What others wrote may hold anything: what a terminal would obey is taken out, line breaks and tabs stay. */
export const terminalText = (text: string): string => text.replace(sequences, '').replace(controls, ' ');

/** In one line, whatever it was; anything else of it is left to whoever reads it, unless that is a terminal. */
export const oneLine = (text: string, isForTerminal: boolean): string => {
  const line = text.replace(/\r?\n$/, '');
  return (isForTerminal ? terminalText(line) : line).replaceAll('\n', ' ');
};

/** JSON in one line: control characters that JSON takes as they are, and some terminals obey, are written as `\u009b`. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    /[\u007f-\u009f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

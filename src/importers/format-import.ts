import { Document, isMap, isScalar, isSeq, visit } from 'yaml';
import type { Leftover, WrittenPlan } from './imported.ts';

export interface ImportSource {
  /** What was imported, for messages: `shop.har`. */
  readonly file: string;
  /** The command that did it: `stormdrain import har`. */
  readonly command: string;
}

const longestRemark = 300;

const oneLine = (text: string): string => {
  const line = text.replace(/[\p{Cc}\u2028\u2029\ufeff]+/gu, ' ').trim();
  return line.length > longestRemark ? `${line.slice(0, longestRemark)}…` : line;
};

/** `shop.har:12: …`, without the place when there is none. */
export const formatLeftover = ({ what, line }: Leftover, file: string): string =>
  oneLine(`${line === undefined ? '' : `${file}:${line}: `}${what}`);

/** Stages, pauses and bare statuses on one line each, as people write them. */
const lineUp = (document: Document, stageNames: readonly (string | undefined)[]): void => {
  const load = document.get('load');
  for (const [index, stage] of (isSeq(load) ? load.items : []).entries()) {
    if (!isMap(stage)) continue;
    stage.flow = true;
    const name = stageNames[index];
    if (name !== undefined) stage.comment = ` ${oneLine(name)}`;
  }
  visit(document, {
    Map(_, map) {
      const [first, second] = map.items;
      const isPause = isScalar(first?.key) && first.key.value === 'think';
      if (isPause && second === undefined) map.flow = true;
    },
    Pair(_, { key, value }) {
      if (!isScalar(key) || key.value !== 'expect' || !isMap(value)) return;
      if (value.items.length === 1 && isScalar(value.items[0]?.key) && value.items[0].key.value === 'status')
        value.flow = true;
    },
  });
};

/** A plan's reader refuses lines that are indented further than anybody would. */
const farIndented = /^[ \t?-]{400}/m;

/** The plan as YAML, with what it comes from, what is good to know and what is missing as comments on top. */
export const formatImport = (
  plan: WrittenPlan,
  remarks: {
    readonly leftovers: readonly Leftover[];
    readonly notes: readonly string[];
    readonly stageNames?: readonly (string | undefined)[];
  },
  { file, command }: ImportSource,
): string => {
  const document = new Document(plan, { aliasDuplicateObjects: false });
  lineUp(document, remarks.stageNames ?? []);
  const lines = [
    `Made from ${file} by ${command}.`,
    ...remarks.notes.map((note) => `Note: ${note}`),
    ...remarks.leftovers.map((leftover) => `Not carried over: ${formatLeftover(leftover, file)}`),
  ];
  document.commentBefore = lines.map((line) => ` ${oneLine(line)}`).join('\n');
  const options = { lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER };
  const text = document.toString(options);
  return farIndented.test(text) ? document.toString({ ...options, blockQuote: false }) : text;
};

import { pathToFileURL } from 'node:url';
import { type ParseOptions, ResponseParser } from '../src/engine/http1/response-parser.ts';
import { markdownTable } from './result-table.ts';

const rounds = 7;
const responsesPerRound = 200_000;
const connections = 50;

const nothing: ParseOptions = { toHead: false, keepHead: false, keepBody: false, maxBodyBytes: 1_000_000 };
const head: ParseOptions = { ...nothing, keepHead: true };
const everything: ParseOptions = { ...head, keepBody: true };

const fromNginx = [
  'HTTP/1.1 200 OK',
  'Server: nginx/1.22.1',
  'Date: Tue, 10 Nov 2026 10:00:00 GMT',
  'Content-Type: text/plain',
  'Content-Length: 12',
  'Last-Modified: Tue, 10 Nov 2026 09:00:00 GMT',
  'Connection: keep-alive',
  'ETag: "6731f2c0-c"',
  'Accept-Ranges: bytes',
  '',
  'hello world!',
].join('\r\n');

const fromNode = [
  'HTTP/1.1 200 OK',
  'Content-Type: text/plain',
  'Date: Tue, 10 Nov 2026 10:00:00 GMT',
  'Connection: keep-alive',
  'Keep-Alive: timeout=5',
  'Transfer-Encoding: chunked',
  '',
  'c',
  'hello world!',
  '0',
  '\r\n',
].join('\r\n');

interface Case {
  readonly name: string;
  readonly text: string;
  readonly options: ParseOptions;
  /** Each head differs from those before it. */
  readonly differing?: boolean;
}

const cases: readonly Case[] = [
  { name: 'nginx', text: fromNginx, options: nothing },
  { name: 'nginx, head kept', text: fromNginx, options: head },
  { name: 'nginx, head and body kept', text: fromNginx, options: everything },
  { name: 'nginx, a new head each time', text: fromNginx, options: nothing, differing: true },
  { name: 'Node, in a chunk', text: fromNode, options: nothing },
];

/** CPU nanoseconds of one response, the median of the rounds after the first, which compiles the code. */
const measure = ({ text, options, differing = false }: Case): number => {
  const buffer = Buffer.alloc(64 * 1024);
  const length = buffer.write(text, 'latin1');
  const changing = text.indexOf(':00 GMT') + 1;
  const parsers = Array.from({ length: connections }, () => new ResponseParser());
  const figures = Array.from({ length: rounds }, () => {
    const before = process.cpuUsage();
    for (let i = 0; i < responsesPerRound; i++) {
      const parser = parsers[i % connections];
      if (differing) {
        buffer[changing] = 0x30 + (i % 10);
        buffer[changing + 1] = 0x30 + ((i / 10) % 10);
      }
      parser?.begin(options);
      parser?.feed(buffer, length);
      if (parser?.stage !== 'complete') throw new Error(`not complete: ${JSON.stringify(parser?.failure)}`);
      parser.letBodyGo();
    }
    const { user, system } = process.cpuUsage(before);
    return ((user + system) * 1000) / responsesPerRound;
  });
  return figures.slice(1).toSorted((a, b) => a - b)[Math.floor((rounds - 1) / 2)] ?? Number.NaN;
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const rows = cases.map((each) => [each.name, String(each.text.length), measure(each).toFixed(0)]);
  console.log(markdownTable(['response', 'bytes', 'CPU ns'], rows));
}

import { headerValue } from './carry-headers.ts';
import type { HarEntry } from './har-document.ts';
import type { HeaderList } from './written-request.ts';

/** An entry that a plan can send, with its place in the recording. */
export interface SendableEntry {
  readonly entry: HarEntry;
  readonly url: URL;
  readonly line?: number;
  /** Milliseconds since 1970; undefined when the recorder left it out. */
  readonly startedAt: number | undefined;
}

export const pairsOf = (list: HarEntry['request']['headers']): HeaderList =>
  list.map(({ name, value }) => [name, value]);

/** Why no plan can send this entry; undefined when one can. */
export const refusalOf = (entry: HarEntry): string | undefined => {
  const { request, response } = entry;
  const url = URL.canParse(request.url) ? new URL(request.url) : undefined;
  const shown = request.url.slice(0, 100);
  const isSocket = entry._resourceType === 'websocket' || entry._webSocketMessages !== undefined;
  if (url === undefined) return `${shown}: not a URL`;
  if (isSocket || /^wss?:$/.test(url.protocol) || response.status === 101) return `${shown}: a WebSocket`;
  if (!/^https?:$/.test(url.protocol)) return `${shown}: not a request over HTTP`;
  if (entry._fromCache !== undefined) return `${shown}: it came from the cache of the browser`;
  if (response.status < 100) return `${shown}: it was blocked, or never answered`;
  return undefined;
};

const isPage = ({ entry }: SendableEntry): boolean =>
  /html/i.test(entry.response.content.mimeType) || entry._resourceType === 'document';

/** Where the recording was made: the origin of its first page, or else of its first request. */
export const ownOrigin = (entries: readonly SendableEntry[]): string | undefined =>
  (entries.find(isPage) ?? entries[0])?.url.origin;

const assetType = /^(image|font|audio|video)\/|css|javascript|ecmascript|wasm/i;

/** True for images, styles, scripts, fonts and media. */
export const isAsset = ({ entry }: SendableEntry): boolean => assetType.test(entry.response.content.mimeType);

/** Names of cookies that were sent although no answer before had set them. */
export const cookiesFromBefore = (entries: readonly SendableEntry[]): readonly string[] => {
  const set = new Set<string>();
  const early = new Set<string>();
  for (const { entry } of entries) {
    const { request, response } = entry;
    const header = headerValue(pairsOf(request.headers), 'cookie') ?? '';
    const sent = header.split(';').map((cookie) => cookie.split('=', 1)[0]?.trim() ?? '');
    for (const name of [...request.cookies.map((cookie) => cookie.name), ...sent])
      if (name !== '' && !set.has(name)) early.add(name);
    for (const cookie of response.cookies) set.add(cookie.name);
    for (const { name, value } of response.headers) {
      if (name.toLowerCase() !== 'set-cookie') continue;
      // Firefox and Playwright join several into one value, a line each.
      for (const line of value.split('\n')) set.add(line.split('=', 1)[0]?.trim() ?? '');
    }
  }
  return [...early];
};

/** A pause shorter than this is the browser at work, not a person. */
const shortestPauseMillis = 500;
const longestPauseMillis = 3_600_000;

/** The seconds, to a tenth, that a person took between the end of all before and the start of the next; 0 for none. */
export const decidePause = (endedAtMillis: number, startedAtMillis: number): number => {
  const gap = startedAtMillis - endedAtMillis;
  if (!(gap >= shortestPauseMillis)) return 0;
  return Math.round(Math.min(gap, longestPauseMillis) / 100) / 10;
};

import { fitStep } from './fit-step.ts';
import { type HarEntry, harDocument, harEntry } from './har-document.ts';
import {
  cookiesFromBefore,
  decidePause,
  isAsset,
  ownOrigin,
  refusalOf,
  type SendableEntry,
} from './har-entries.ts';
import { harEntryLines } from './har-places.ts';
import { harRequest } from './har-request.ts';
import { type Imported, type ImportLog, importLog, modestLoad, modestLoadNote, refuse } from './imported.ts';
import { hoistHeaders, type WrittenRequest, writeRequest } from './written-request.ts';

export interface HarOptions {
  /** What the plan is called. */
  readonly name: string;
  /** Keeps requests to other origins than the page's own. */
  readonly allOrigins: boolean;
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
};

/** The entries that can be sent, in the order in which the browser began them. */
const sendableEntries = (
  entries: readonly unknown[],
  lines: readonly number[],
  log: ImportLog,
): readonly SendableEntry[] => {
  const sendable: SendableEntry[] = [];
  for (const [index, raw] of entries.entries()) {
    const at = lines[index];
    const parsed = harEntry.safeParse(raw);
    const refusal = parsed.success ? refusalOf(parsed.data) : 'an entry without a request';
    if (!parsed.success || refusal !== undefined) {
      log.leave(refusal ?? '', at);
      continue;
    }
    const entry: HarEntry = parsed.data;
    const startedAt = Date.parse(entry.startedDateTime ?? '');
    sendable.push({
      entry,
      url: new URL(entry.request.url),
      ...(at === undefined ? {} : { line: at }),
      startedAt: Number.isNaN(startedAt) ? undefined : startedAt,
    });
  }
  return sendable.sort((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0));
};

const leaveOtherOrigins = (entries: readonly SendableEntry[], log: ImportLog): void => {
  for (const origin of new Set(entries.map(({ url }) => url.origin))) {
    const [first, ...others] = entries.filter(({ url }) => url.origin === origin);
    const count = others.length === 0 ? 'a request' : `${others.length + 1} requests`;
    log.leave(`${count} to ${origin}, another origin (--all-origins keeps them)`, first?.line);
  }
};

interface PlannedStep {
  readonly pauseSeconds: number;
  readonly request: WrittenRequest;
}

const planSteps = (
  entries: readonly SendableEntry[],
  origin: string,
  log: ImportLog & { noise(names: readonly string[]): void },
): readonly PlannedStep[] => {
  const steps: PlannedStep[] = [];
  let endedAt = Number.NaN;
  for (const sendable of entries) {
    const { entry, startedAt } = sendable;
    const pauseSeconds = startedAt === undefined ? 0 : decidePause(endedAt, startedAt);
    const request = harRequest(sendable, origin, log);
    if (startedAt !== undefined) {
      const end = startedAt + Math.max(0, entry.time ?? 0);
      endedAt = Number.isNaN(endedAt) ? end : Math.max(endedAt, end);
    }
    if (request !== undefined) steps.push({ pauseSeconds: steps.length === 0 ? 0 : pauseSeconds, request });
  }
  return steps;
};

const noteWhatIsThere = (
  entries: readonly SendableEntry[],
  noise: ReadonlySet<string>,
  log: ImportLog,
): void => {
  const assets = entries.filter(isAsset).length;
  if (assets > 0)
    log.note(`${assets} of ${entries.length} requests are for images, styles, scripts, fonts or media`);
  if (noise.size > 0) log.leave(`headers that only browsers send: ${[...noise].sort().join(', ')}`);
  const early = cookiesFromBefore(entries);
  if (early.length > 0)
    log.leave(`cookies that the browser had before the recording began: ${early.join(', ')}`);
  if (entries.some(({ entry }) => /^(h2|http\/2)/i.test(entry.request.httpVersion ?? '')))
    log.note('the recording was made over HTTP/2; http: 2 in the plan asks for it');
};

/** Makes a plan of a HAR 1.2 recording: one scenario whose steps are the recorded requests, with the pauses between. */
export const importHar = (text: string, { name, allOrigins }: HarOptions): Imported => {
  const parsed = harDocument.safeParse(parseJson(text));
  if (!parsed.success) return { kind: 'problem', reason: 'not a HAR file: JSON with a list log.entries' };
  const noise = new Set<string>();
  const log = Object.assign(importLog(), {
    noise: (names: readonly string[]) => names.forEach((header) => void noise.add(header)),
  });
  const all = sendableEntries(parsed.data.log.entries, harEntryLines(text), log);
  const origin = ownOrigin(all);
  if (origin === undefined) return refuse('none of its entries is a request that was answered', log);
  const isOwn = ({ url }: SendableEntry): boolean => url.origin === origin;
  const entries = allOrigins ? all : all.filter(isOwn);
  if (!allOrigins)
    leaveOtherOrigins(
      all.filter((entry) => !isOwn(entry)),
      log,
    );

  const steps = planSteps(entries, origin, log);
  if (steps.length === 0) return refuse('none of its requests has a method that a plan has', log);
  noteWhatIsThere(entries, noise, log);
  log.note(modestLoadNote);
  const { shared, requests } = hoistHeaders(steps.map(({ request }) => request));
  const written = requests.map((request) =>
    fitStep(writeRequest(request), (what) => log.leave(what, request.line)),
  );
  const hasCookies = entries.some(
    ({ entry: { request, response } }) =>
      request.cookies.length + response.cookies.length > 0 ||
      [...request.headers, ...response.headers].some((header) => /^(set-)?cookie$/i.test(header.name)),
  );
  return {
    kind: 'imported',
    leftovers: log.leftovers,
    notes: log.notes,
    plan: {
      version: 1,
      name,
      target: origin,
      load: modestLoad,
      ...(hasCookies ? { cookies: true } : {}),
      ...(shared.length === 0 ? {} : { headers: Object.fromEntries(shared) }),
      scenarios: [
        {
          name: 'recorded',
          steps: written.flatMap((step, index) => {
            const pause = steps[index]?.pauseSeconds ?? 0;
            return pause > 0 ? [{ think: `${pause}s` }, step] : [step];
          }),
        },
      ],
    },
  };
};

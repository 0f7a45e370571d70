import { carryBody } from './carry-body.ts';
import { carryHeaders, headerValue, withoutHeader } from './carry-headers.ts';
import { carryMethod } from './carry-method.ts';
import { pairsOf, type SendableEntry } from './har-entries.ts';
import type { ImportLog } from './imported.ts';
import { literal, recordedTexts } from './literal.ts';
import type { HeaderList, WrittenBody, WrittenRequest } from './written-request.ts';

/** Longer ones would make a plan that nobody can read; they can be sent from a file with `upload`. */
const longestBody = 262_144;

interface RecordedBody {
  readonly body?: WrittenBody;
  readonly defaultType?: string;
}

type Parameters = readonly {
  readonly name: string;
  readonly value?: string | undefined;
  readonly fileName?: string | undefined;
}[];

const queryOf = (params: Parameters): string =>
  new URLSearchParams(params.map(({ name, value }): [string, string] => [name, value ?? ''])).toString();

/** A form with files whose contents the recorder left out: its other fields. */
const multipartOf = (params: Parameters, leave: (what: string) => void): RecordedBody => {
  for (const { name, fileName } of params)
    if (fileName !== undefined)
      leave(`the file ${fileName} in the field ${name}: its content is not recorded`);
  const texts = params.filter(({ fileName }) => fileName === undefined);
  const fields = texts.map(({ name, value }) => [name, literal(value ?? '')] as const);
  return fields.length === 0 ? {} : { body: { multipart: Object.fromEntries(fields) } };
};

const bodyOf = (
  { request }: SendableEntry['entry'],
  contentType: string | undefined,
  leave: (what: string) => void,
): RecordedBody => {
  const { postData } = request;
  const params = postData?.params ?? [];
  const text = postData?.text ?? '';
  if (text.length > longestBody) {
    leave(`a body of ${text.length} characters: put it into a file, and send it with upload`);
    return {};
  }
  if (text !== '') return carryBody(text, contentType, recordedTexts);
  if (params.length > 0) {
    return /multipart/i.test(contentType ?? '')
      ? multipartOf(params, leave)
      : carryBody(queryOf(params), contentType ?? 'application/x-www-form-urlencoded', recordedTexts);
  }
  if ((request.bodySize ?? 0) > 0) leave(`a body of ${request.bodySize} bytes: it is not recorded`);
  return {};
};

const headersFor = (
  headers: HeaderList,
  contentType: string | undefined,
  recorded: RecordedBody,
): HeaderList => {
  const others = withoutHeader(headers, 'content-type');
  const { body, defaultType } = recorded;
  if (contentType === undefined || (body !== undefined && 'multipart' in body)) return others;
  if (body === undefined || contentType.toLowerCase() === defaultType) return others;
  return [...others, ['content-type', literal(contentType)]];
};

/** With 304 the browser had it already; a fresh visitor gets it in full. */
const statusesFor = (status: number): number | readonly number[] => (status === 304 ? [200, 304] : status);

/** The step for an entry; undefined when no step can send it. `url` is what stands behind the method. */
export const harRequest = (
  sendable: SendableEntry,
  ownOrigin: string,
  log: ImportLog & { noise(names: readonly string[]): void },
): WrittenRequest | undefined => {
  const { entry, url, line } = sendable;
  const { request, response } = entry;
  const shown = `${request.method} ${url.pathname.slice(0, 100)}`;
  const leave = (what: string): void => log.leave(`${shown}: ${what}`, line);
  const method = carryMethod(request.method);
  if (method === undefined) {
    leave('a plan has no such method');
    return undefined;
  }
  const carried = carryHeaders(pairsOf(request.headers));
  log.noise(carried.noise);
  for (const reason of carried.refused) leave(reason);
  const contentType = headerValue(carried.headers, 'content-type') ?? request.postData?.mimeType;
  const recorded = bodyOf(entry, contentType, leave);
  const headers = withoutHeader(carried.headers, 'cookie').map(
    ([name, value]) => [name, literal(value)] as const,
  );
  const origin = url.origin === ownOrigin ? '' : url.origin;
  const isAmbiguous = url.search !== '' || origin !== '';
  const name = `${method.toUpperCase()} ${origin}${url.pathname}`;
  return {
    method,
    url: `${origin}${literal(`${url.pathname}${url.search}`)}`,
    ...(isAmbiguous ? { name } : {}),
    headers: headersFor(headers, contentType, recorded),
    ...(recorded.body === undefined ? {} : { body: recorded.body }),
    ...(url.username === '' ? {} : { auth: credentialsOf(url) }),
    expect: { status: statusesFor(response.status) },
    ...(line === undefined ? {} : { line }),
  };
};

const credentialsOf = ({
  username,
  password,
}: URL): { readonly user: string; readonly password: string } => ({
  user: literal(decodeURIComponent(username)),
  password: literal(decodeURIComponent(password)),
});

import type { DocumentPath } from '../document/document-source.ts';
import { carryCaptures, carryExpectations, carryMatches } from './artillery-response.ts';
import { type ArtilleryScript, isMapping, leaveOtherKeys, type Mapping } from './artillery-script.ts';
import { type ArtilleryScope, carryText, carryValue } from './artillery-template.ts';
import { parseArtilleryDuration, writeDuration } from './artillery-values.ts';
import { carryHeaders } from './carry-headers.ts';
import type { MethodKey } from './carry-method.ts';
import { fitStep } from './fit-step.ts';
import { urlTemplate } from './literal.ts';
import {
  type HeaderList,
  type WrittenBody,
  type WrittenPart,
  type WrittenRequest,
  writeRequest,
} from './written-request.ts';

const requestKeys =
  'url uri name headers cookie json body form formData qs auth capture expect match followRedirect timeout gzip'.split(
    ' ',
  );

const needsHook = ['beforeRequest', 'afterResponse', 'onError'];

interface Place {
  readonly path: DocumentPath;
  readonly scope: ArtilleryScope;
  readonly script: ArtilleryScript;
}

const textAt = (value: unknown, { path, scope, script }: Place): string =>
  carryText(typeof value === 'object' ? JSON.stringify(value) : String(value ?? ''), path, scope, script);

const entriesAt = (value: unknown, place: Place): HeaderList =>
  Object.entries(isMapping(value) ? value : {}).map(([name, item]) => [name, textAt(item, place)]);

const queryOf = (qs: unknown, place: Place): string =>
  entriesAt(qs, place)
    .map(([name, value]) => `${encodeURIComponent(name)}=${value.replace(/[&#]/g, encodeURIComponent)}`)
    .join('&');

/** A variable of the script at the start of a URL that holds the beginning of one. */
const startOfUrl = (text: string, { config }: ArtilleryScript): string => {
  const [whole, name = ''] = /^\{\{\s*([\w.-]+)\s*\}\}/.exec(text) ?? [];
  const { variables } = config;
  const value = isMapping(variables) ? variables[name] : undefined;
  return whole !== undefined && typeof value === 'string' && /^(https?:\/\/|\/)/.test(value)
    ? value + text.slice(whole.length)
    : text;
};

/** The URL as a plan wants it: a path of the target, or with a host that is written out. */
const urlOf = (written: unknown, qs: unknown, place: Place): string | undefined => {
  const { script, path } = place;
  let text = startOfUrl(String(written ?? '').trim(), script);
  const target = String(script.config.target ?? '');
  if (target !== '' && text.startsWith(`${target.replace(/\/$/, '')}/`))
    text = text.slice(target.replace(/\/$/, '').length);
  const [, variable, rest = ''] = /^((?:https?:\/\/[^/?]*)?\{\{[^{}]*\}\}[^/?]*)(.*)$/s.exec(text) ?? [];
  if (variable !== undefined) {
    if (!rest.startsWith('/')) {
      script.leave(`a request to ${text}: its host isn't known before the run`, path);
      return undefined;
    }
    script.leave(
      `${variable} before ${rest}: its host isn't known before the run, the target's is used`,
      path,
    );
    text = rest;
  }
  const url = urlTemplate(textAt(/^(https?:\/\/|\/)/.test(text) ? text : `/${text}`, place));
  const query = queryOf(qs, place);
  return query === '' ? url : urlTemplate(`${url}${url.includes('?') ? '&' : '?'}${query}`);
};

const partOf = (value: unknown, place: Place): WrittenPart => {
  if (!isMapping(value)) return textAt(value, place);
  const file = value.fromFile ?? value.fromfile;
  if (typeof file !== 'string') return textAt(value.value ?? value, place);
  const { filename, contentType } = value;
  return {
    file,
    ...(typeof filename === 'string' ? { name: filename } : {}),
    ...(typeof contentType === 'string' ? { type: contentType } : {}),
  };
};

const bodyOf = (request: Mapping, place: Place): WrittenBody | undefined => {
  const { json, form, formData, body } = request;
  if (json !== undefined) return { json: carryValue(json, place.path, place.scope, place.script) };
  if (formData !== undefined) {
    const parts = Object.entries(isMapping(formData) ? formData : {});
    return { multipart: Object.fromEntries(parts.map(([name, value]) => [name, partOf(value, place)])) };
  }
  if (form !== undefined) return { form: Object.fromEntries(entriesAt(form, place)) };
  return body === undefined ? undefined : { body: textAt(body, place) };
};

const headersOf = (request: Mapping, place: Place): HeaderList => {
  const cookies = entriesAt(request.cookie, place).map(([name, value]) => `${name}=${value}`);
  const carried = carryHeaders([
    ...entriesAt(request.headers, place),
    ...(cookies.length === 0 ? [] : [['cookie', cookies.join('; ')] as const]),
    ...(request.gzip === true ? [['accept-encoding', 'gzip'] as const] : []),
  ]);
  for (const name of carried.noise) place.script.leave(`the header ${name}`, place.path);
  for (const reason of carried.refused) place.script.leave(reason, place.path);
  return carried.headers;
};

const authOf = (written: unknown, place: Place): Pick<WrittenRequest, 'auth'> => {
  if (!isMapping(written)) return {};
  const user = written.user ?? written.username;
  const password = written.pass ?? written.password ?? '';
  return user === undefined ? {} : { auth: { user: textAt(user, place), password: textAt(password, place) } };
};

const timeoutOf = (written: unknown, { script, path }: Place): Pick<WrittenRequest, 'timeout'> => {
  if (written === undefined) return {};
  const seconds = parseArtilleryDuration(written);
  if (seconds !== undefined && seconds >= 0.001 && seconds <= 3600)
    return { timeout: writeDuration(seconds) };
  script.leave(`a timeout of ${JSON.stringify(written)}`, path);
  return {};
};

/** A step for a request of a flow; undefined when it can't be sent. */
export const carryRequest = (
  method: MethodKey,
  written: unknown,
  place: Place,
): Readonly<Record<string, unknown>> | undefined => {
  const { path, scope, script } = place;
  const request: Mapping = isMapping(written) ? written : { url: written };
  leaveOtherKeys(request, requestKeys, path, script, (key) =>
    needsHook.includes(key) ? 'a function has to be ported to a hook (docs/hooks.md)' : undefined,
  );
  const url = urlOf(request.url ?? request.uri, request.qs, place);
  if (url === undefined) return undefined;
  const body = bodyOf(request, place);
  const name =
    typeof request.name === 'string' && request.name.trim() !== '' ? request.name.trim() : undefined;
  const expect = {
    ...carryExpectations(request.expect, [...path, 'expect'], scope, script),
    ...carryMatches(request.match, [...path, 'match'], scope, script),
  };
  const step = writeRequest({
    method,
    url,
    ...(name === undefined ? {} : { name }),
    headers: headersOf(request, place),
    ...(body === undefined ? {} : { body }),
    ...authOf(request.auth, place),
    ...(request.followRedirect === false ? { redirects: 0 } : {}),
    ...timeoutOf(request.timeout, place),
    expect,
    capture: carryCaptures(request.capture, [...path, 'capture'], scope, script),
  });
  return fitStep(step, (what) => script.leave(what, path));
};

import type { CurlOption } from './curl-options.ts';
import { parseCurlOptions } from './curl-options.ts';
import { type CurlRequest, curlRequests } from './curl-request.ts';
import { type CurlCall, readCurlScript, type ShellVariable } from './curl-words.ts';
import { fitStep } from './fit-step.ts';
import {
  type Imported,
  type ImportLog,
  importLog,
  modestLoad,
  modestLoadNote,
  refuse,
  targetStandIn,
} from './imported.ts';
import { hoistHeaders, type WrittenRequest, writeRequest } from './written-request.ts';

export interface CurlImportOptions {
  /** What the plan is called. */
  readonly name: string;
}

/** Values for the variables of the shell; those that make up the target get one that is a target. */
const planVariables = (
  variables: readonly ShellVariable[],
  target: string,
  log: ImportLog,
): Readonly<Record<string, string>> => {
  const values: Record<string, string> = {};
  for (const { name, written, value } of variables) {
    const hole = `{{${name}}}`;
    const standIn = target.includes(hole) ? targetStandIn(target.slice(0, target.indexOf(hole))) : '';
    const usable = value !== undefined && !value.includes('{{') ? value : undefined;
    if (Object.hasOwn(values, name) && usable === undefined) continue;
    values[name] = usable ?? standIn;
    if (usable === undefined) log.leave(`the value of ${written}: set it with --set ${name}=…`);
  }
  return values;
};

const tlsOf = (options: readonly CurlOption[], log: ImportLog): Readonly<Record<string, unknown>> => {
  const last = (name: string): string | undefined =>
    options.findLast((option) => option.name === name)?.value;
  const [ca, cert] = [last('cacert'), last('cert')];
  const [certFile, password] = cert === undefined ? [] : cert.split(/:(?![\\/])/, 2);
  if (password !== undefined) log.leave('the password of --cert: the key has to be without one');
  return {
    ...(ca === undefined ? {} : { ca }),
    // A certificate without --key has its key in the same file.
    ...(certFile === undefined ? {} : { cert: certFile, key: last('key') ?? certFile }),
    ...(options.some(({ name }) => name === 'insecure') ? { verify: false } : {}),
  };
};

/** Steps of the target are written with their path only. */
const onTarget = (
  { origin, request }: CurlRequest,
  target: string,
  log: ImportLog,
): WrittenRequest | undefined => {
  if (origin === target) return request;
  if (origin.includes('{{')) {
    log.leave(
      `${request.method.toUpperCase()} ${origin}${request.url}: another host that only the shell knows`,
    );
    return undefined;
  }
  return { ...request, url: `${origin}${request.url}` };
};

const readCall = (call: CurlCall, log: ImportLog, noise: Set<string>) => {
  const leave = (what: string): void => log.leave(what, call.line);
  const operations = parseCurlOptions(call.words);
  const noted = (names: readonly string[]): void => names.forEach((name) => void noise.add(name));
  const requests = operations.flatMap((operation) =>
    curlRequests(operation, { leave, noise: noted, input: call.input }).map(({ origin, request }) => ({
      origin,
      request: { ...request, line: call.line },
    })),
  );
  if (requests.length === 0) leave('a curl without a URL that a plan can use');
  return { requests, options: operations.flatMap(({ options }) => options) };
};

/** Makes a plan of curl commands as they are typed or as browsers copy them: one scenario, a step for each request. */
export const importCurl = (text: string, { name }: CurlImportOptions): Imported => {
  const script = readCurlScript(text);
  if (script.calls.length === 0) {
    const { problem } = script;
    return problem === undefined
      ? { kind: 'problem', reason: 'there is no curl command in it' }
      : { kind: 'problem', reason: `not a command of a shell: ${problem.reason}`, line: problem.line };
  }
  const log = importLog();
  if (script.problem !== undefined)
    log.leave(`what follows here can't be read: ${script.problem.reason}`, script.problem.line);
  for (const other of script.others) log.leave(`${other.text}: not a call of curl`, other.line);

  const noise = new Set<string>();
  const calls = script.calls.map((call) => readCall(call, log, noise));
  const options = calls.flatMap((call) => call.options);
  const found = calls.flatMap((call) => call.requests);
  const target = found[0]?.origin;
  if (target === undefined) return refuse('none of its curl commands makes a request that a plan has', log);
  if (noise.size > 0) log.leave(`headers that only browsers send: ${[...noise].sort().join(', ')}`);
  const steps = found.flatMap((request) => onTarget(request, target, log) ?? []);
  const variables = planVariables(script.variables, target, log);
  const tls = tlsOf(options, log);
  const { shared, requests } = hoistHeaders(steps);
  const asks = (...names: readonly string[]): boolean =>
    options.some((option) => names.includes(option.name));
  const keepsCookies =
    asks('cookie-jar') || options.some((option) => option.name === 'cookie' && !option.value.includes('='));
  const written = requests.map((request) =>
    fitStep(writeRequest(request), (what) => log.leave(what, request.line)),
  );
  log.note(modestLoadNote);
  return {
    kind: 'imported',
    leftovers: log.leftovers,
    notes: log.notes,
    plan: {
      version: 1,
      name,
      target,
      load: modestLoad,
      ...(asks('http2', 'http2-prior-knowledge') ? { http: 2 } : {}),
      ...(Object.keys(tls).length === 0 ? {} : { tls }),
      ...(keepsCookies ? { cookies: true } : {}),
      ...(Object.keys(variables).length === 0 ? {} : { variables }),
      ...(shared.length === 0 ? {} : { headers: Object.fromEntries(shared) }),
      scenarios: [{ name: 'curl', steps: written }],
    },
  };
};

import { compile as compileJsonPath } from 'json-p3';
import type { Capture, Expectation, RequestStep, TextMatch } from '../../plan/plan.ts';
import type { FailureKind } from '../../stats/measurement-sink.ts';
import type { Keep, ReceivedResponse } from '../transport.ts';
import type { ArrivalScope } from './arrival-scope.ts';
import { compileText, renderText } from './compile-text.ts';
import { compileJsonTemplate, equalJson } from './json-template.ts';
import { ResponseView } from './response-view.ts';

/** Why a complete response isn't what the step asked for. */
export interface CheckFailure {
  readonly kind: Extract<FailureKind, 'unexpected status' | 'failed expectation' | 'failed capture'>;
  readonly detail: string;
}

/** The expectations and captures of a step. */
export interface ResponseCheck {
  /** What it looks at beside the status. */
  readonly keep: Keep;
  /** Puts the captures into the scope; the first thing that is wrong, or undefined. Throws `BadRequest` or `UndecodableBody`. */
  check(response: ReceivedResponse, scope: ArrivalScope): CheckFailure | undefined;
}

/** What was found instead, in words; undefined when it is as expected. */
type Test = (response: ResponseView, scope: ArrivalScope) => string | undefined;
type Finder = (response: ResponseView) => string | undefined;

const shown = (value: unknown): string => {
  // A body may be large: what would be cut off isn't written in the first place.
  const text = JSON.stringify(typeof value === 'string' ? value.slice(0, 60) : value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
};

const compileMatch = (
  match: TextMatch,
  constants: ReadonlyMap<string, string>,
): ((found: string, scope: ArrivalScope) => string | undefined) => {
  if (match.how === 'matches') {
    const regex = new RegExp(match.regex);
    return (found) => (regex.test(found) ? undefined : `to match ${shown(match.regex)}`);
  }
  const text = compileText(match.text, constants);
  return (found, scope) => {
    const wanted = renderText(text, scope);
    if (match.how === 'contains') return found.includes(wanted) ? undefined : `to contain ${shown(wanted)}`;
    return found === wanted ? undefined : `to be ${shown(wanted)}`;
  };
};

const compileExpectation = (
  expectation: Exclude<Expectation, { on: 'status' }>,
  constants: ReadonlyMap<string, string>,
): Test => {
  switch (expectation.on) {
    case 'header': {
      const { name } = expectation;
      const matches = compileMatch(expectation.match, constants);
      return (response, scope) => {
        const found = response.header(name);
        const wrong = matches(found ?? '', scope);
        if (found === undefined) return `expected header ${name}, got none`;
        return wrong === undefined ? undefined : `expected header ${name} ${wrong}, got ${shown(found)}`;
      };
    }
    case 'body': {
      const matches = compileMatch(expectation.match, constants);
      return (response, scope) => {
        const wrong = matches(response.text(), scope);
        return wrong === undefined ? undefined : `expected body ${wrong}, got ${shown(response.text())}`;
      };
    }
    case 'json': {
      const { path } = expectation;
      const query = compileJsonPath(path);
      const equals = compileJsonTemplate(expectation.equals, constants);
      return (response, scope) => {
        const json = response.json();
        if (json === undefined) return `expected JSON, got ${shown(response.text())}`;
        const found = query.match(json.value);
        const wanted = equals(scope);
        if (found !== undefined && equalJson(found.value, wanted)) return undefined;
        return `expected ${path} to be ${shown(wanted)}, got ${found === undefined ? 'nothing' : shown(found.value)}`;
      };
    }
  }
};

/** A copy: V8 keeps a whole text for a piece cut out of it, here a body for as long as the arrival has the piece. */
const detached = (piece: string): string => Buffer.from(piece, 'utf8').toString('utf8');

const compileCapture = (capture: Capture): Finder => {
  switch (capture.from) {
    case 'header':
      return (response) => {
        const found = response.header(capture.name);
        return found === undefined ? undefined : detached(found);
      };
    case 'regex': {
      const regex = new RegExp(capture.regex);
      return (response) => {
        const found = regex.exec(response.text());
        return found === null ? undefined : detached(found[1] ?? found[0]);
      };
    }
    case 'json': {
      const query = compileJsonPath(capture.path);
      return (response) => {
        const json = response.json();
        const found = json === undefined ? undefined : query.match(json.value);
        if (found === undefined) return undefined;
        return typeof found.value === 'string' ? found.value : JSON.stringify(found.value);
      };
    }
  }
};

const describeCapture = (capture: Capture): string => {
  const { variable } = capture;
  if (capture.from === 'header') return `no header ${capture.name} to capture as ${variable}`;
  return `nothing at ${capture.from === 'json' ? capture.path : `/${capture.regex}/`} to capture as ${variable}`;
};

/** Compiles what a step expects and captures. Statuses come first, captures last; without one, a status below 400 is accepted. */
export const compileCheck = (step: RequestStep, constants: ReadonlyMap<string, string>): ResponseCheck => {
  const statuses = step.expect.filter((each) => each.on === 'status').map(({ oneOf }) => oneOf);
  const tests = step.expect
    .filter((each) => each.on !== 'status')
    .map((each) => compileExpectation(each, constants));
  const captures = step.capture.map((capture) => ({ capture, find: compileCapture(capture) }));

  const wrongStatus = (status: number): string | undefined => {
    if (statuses.length === 0) return status < 400 ? undefined : `expected status below 400, got ${status}`;
    const unmet = statuses.find((oneOf) => !oneOf.includes(status));
    return unmet === undefined ? undefined : `expected status ${unmet.join(' or ')}, got ${status}`;
  };

  const needsBody =
    step.expect.some(({ on }) => on === 'json' || on === 'body') ||
    step.capture.some(({ from }) => from !== 'header');
  const needsHead = tests.length > 0 || captures.length > 0;

  return {
    keep: needsBody ? 'head and body' : needsHead ? 'head' : 'nothing',
    check(response, scope) {
      const status = wrongStatus(response.status);
      if (status !== undefined) return { kind: 'unexpected status', detail: status };
      if (tests.length === 0 && captures.length === 0) return undefined;
      const view = ResponseView.of(response);
      for (const test of tests) {
        const detail = test(view, scope);
        if (detail !== undefined) return { kind: 'failed expectation', detail };
      }
      for (const { capture, find } of captures) {
        const value = find(view);
        if (value === undefined) return { kind: 'failed capture', detail: describeCapture(capture) };
        scope.capture(capture.variable, value);
      }
      return undefined;
    },
  };
};

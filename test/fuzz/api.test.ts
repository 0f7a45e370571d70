import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problemDocument } from '../../src/api/documents/problem.ts';
import { openApi, problemsByStatus } from '../../src/api/open-api.ts';
import { problemKinds } from '../../src/api/problems.ts';
import { routes } from '../../src/api/routes.ts';
import { addressGuard } from '../../src/plan/allowed-targets.ts';
import { parsePlan } from '../../src/plan/parse-plan.ts';
import { memorySchedules, recordingDrains, recordingRuns, serving } from '../api/builders.ts';
import { aScriptedApi, succeeded } from '../logs/asking/scripted-sql.ts';
import { type FuzzedRequest, requestsOf } from './api-requests.ts';

/** A request each; the parser's cases are cheaper. A few are the same each time, since few may leave a route out; many are new ones. */
const asked = process.env.STORMDRAIN_FUZZ_CASES;
const parameters =
  asked === undefined ? { numRuns: 600, seed: 4 } : { numRuns: Math.ceil(Number(asked) / 5) };

const requireDocumented = async ({ operationId }: FuzzedRequest, response: Response): Promise<void> => {
  const route = routes.find((each) => each.operationId === operationId);
  if (route === undefined) throw new Error(`no route ${operationId}`);
  const text = await response.text();
  const success = route.answers[response.status];
  if (success === null) expect(text).toBe('');
  else if (success !== undefined) {
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(success.safeParse(JSON.parse(text)).error).toBeUndefined();
  } else {
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const problem = problemDocument.parse(JSON.parse(text));
    expect(problemsByStatus(route).get(response.status)).toContain(problem.code);
    expect(Object.keys(problemKinds)).toContain(problem.code);
  }
};

describe('requests made from the OpenAPI document', () => {
  it('are answered as it says, never with a failure, and start no plan that is wrong', {
    timeout: 600_000,
  }, async () => {
    const runs = recordingRuns();
    const document = openApi(routes);
    const drains = recordingDrains();
    const { api: logs } = await aScriptedApi(
      Array.from({ length: 100_000 }, () => [succeeded()]),
      {
        updateCatalog: async () => ({
          isDone: true,
          tablesMade: 0,
          partitionsMade: 0,
          partitionsRemoved: 0,
          problems: [],
        }),
      },
    );
    const failures = await serving({ runs, schedules: memorySchedules(), drains, logs }, async ({ url }) => {
      const property = fc.asyncProperty(requestsOf(document), async (request) => {
        const before = runs.started.length;
        const { method, headers, body } = request;
        const response = await fetch(`${url}${request.path}`, {
          method,
          headers,
          ...(body === undefined ? {} : { body }),
        });
        expect(response.status).toBeLessThan(500);
        await requireDocumented(request, response);
        const isStarted = request.operationId === 'startRun' && response.status < 300;
        expect(runs.started.length - before).toBe(isStarted ? 1 : 0);
      });
      await fc.assert(property, parameters);
    });
    expect(failures).toEqual([]);
    expect(runs.started.length).toBeGreaterThan(0);
    expect(drains.asked.length).toBeGreaterThan(0);
    for (const { source, plan } of runs.started) {
      const { set, workers } = source;
      const parsed = parsePlan(source.text, {
        file: source.name,
        readFile: () => ({ kind: 'missing', reason: 'there are no files' }),
        compileHooks: () => ({ kind: 'problem', reason: 'there are no files' }),
        set,
        guard: addressGuard([]),
        ...(workers === undefined ? {} : { workers }),
      });
      expect(parsed).toMatchObject({ kind: 'plan', plan });
    }
  });
});

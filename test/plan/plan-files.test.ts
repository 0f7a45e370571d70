import { describe, expect, it } from 'vitest';
import type { FileReference, Plan, RequestBody, Step } from '../../src/plan/plan.ts';
import { planFiles } from '../../src/plan/plan-files.ts';
import { aPlan, aScenario } from './a-plan.ts';

const file = (name: string): FileReference => ({ file: name, upload: `uploads/${name}`, bytes: 1 });

const sending = (body: RequestBody): Step => {
  const [step] = aScenario().steps;
  if (step?.kind !== 'request') throw new Error('the scenario begins with a request');
  return { ...step, body };
};

const namesOf = (overrides: Partial<Plan>): readonly string[] =>
  planFiles(aPlan(overrides)).map((each) => each.file);

describe('the files of a plan', () => {
  it('are none for a plan that names none', () => {
    expect(namesOf({})).toEqual([]);
  });

  it('are those of TLS and hooks, and of bodies wherever they are sent', () => {
    const steps: readonly Step[] = [
      sending({ format: 'file', file: file('a.bin') }),
      { kind: 'think', minSeconds: 1, maxSeconds: 1 },
      {
        kind: 'repeat',
        times: 2,
        steps: [
          {
            kind: 'while',
            text: 'a == b',
            left: 'a',
            comparison: '==',
            right: 'b',
            maxTimes: 3,
            steps: [
              sending({
                format: 'multipart',
                parts: [
                  { kind: 'text', name: 't', template: 'x' },
                  {
                    kind: 'file',
                    name: 'f',
                    file: file('b.png'),
                    fileName: 'b.png',
                    contentType: 'image/png',
                  },
                ],
              }),
            ],
          },
        ],
      },
      sending({ format: 'text', template: 'x' }),
    ];
    const tls = { verify: true, ca: file('ca.pem'), cert: file('c.pem'), key: file('k.pem') };
    const hooks = { ...file('hooks.ts'), exports: ['sign'] };
    expect(namesOf({ tls, hooks, scenarios: [aScenario({ steps })] })).toEqual([
      'ca.pem',
      'c.pem',
      'k.pem',
      'hooks.ts',
      'a.bin',
      'b.png',
    ]);
  });

  it('are each listed once, however often they are used', () => {
    const body = sending({ format: 'file', file: file('a.bin') });
    expect(
      namesOf({ scenarios: [aScenario({ steps: [body, body] }), aScenario({ steps: [body] })] }),
    ).toEqual(['a.bin']);
  });
});

import { describe, expect, it } from 'vitest';
import { planSubmission } from '../../src/cli/plan-submission.ts';
import { formatProblems } from '../../src/document/document-problem.ts';
import { addressGuard } from '../../src/plan/allowed-targets.ts';
import { parsePlan } from '../../src/plan/parse-plan.ts';

const text = `version: 1
target: http://127.0.0.1:9
load: [{ for: 1s, rate: 1 }]
hooks: hooks.ts
scenarios:
  - name: a
    data: { file: users.csv, use: cycle }
    steps:
      - { post: /a, upload: one.bin, before: sign }
      - { post: /b, upload: same-as-one.bin }
      - { repeat: 2, steps: [{ post: /c, upload: two.bin }] }
`;

const contents: Readonly<Record<string, string>> = {
  'users.csv': 'id\n1\n',
  'one.bin': 'one',
  'same-as-one.bin': 'one',
  'two.bin': 'two!',
};

describe('the submission of a plan', () => {
  it('names every file as the plan does, also two of the same content, so that it compiles without its folder', () => {
    const options = { file: 'plan.yml', guard: addressGuard([]) };
    const hook = new TextEncoder().encode('export const sign=()=>{}');
    const here = parsePlan(text, {
      ...options,
      readFile: (file) => ({ kind: 'found', body: new TextEncoder().encode(contents[file] ?? '') }),
      compileHooks: () => ({ kind: 'compiled', body: hook, exports: ['sign'] }),
    });
    if (here.kind === 'problems') throw new Error(formatProblems(here.problems));
    const { plan, uploads } = here;
    const { files } = planSubmission({ text, name: 'plan.yml', set: {} }, plan, uploads);
    expect(Object.keys(files).sort()).toEqual([...Object.keys(contents), 'hooks.ts'].sort());
    expect(files['same-as-one.bin']).toEqual(files['one.bin']);
    expect(files['two.bin']).toMatchObject({ bytes: 4 });
    expect(files['hooks.ts']).toMatchObject({ bytes: hook.length, exports: ['sign'] });

    const there = parsePlan(text, {
      ...options,
      readFile(file) {
        const body = uploads.get(files[file]?.upload ?? '');
        return body === undefined ? { kind: 'missing', reason: 'not submitted' } : { kind: 'found', body };
      },
      compileHooks(file) {
        const { upload = '', exports = [] } = files[file] ?? {};
        return { kind: 'compiled', body: uploads.get(upload) ?? hook, exports };
      },
    });
    expect(there).toMatchObject({ kind: 'plan', plan });
  });
});

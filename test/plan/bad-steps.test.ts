import { describe, it } from 'vitest';
import { type BadPlan, expectRefused, steps } from './bad-plan.ts';

const hooked = (text: string): string => `hooks: hooks.ts\n${steps(text)}`;
const deep = (inner: string): string =>
  steps(`{ repeat: 1000, steps: [{ repeat: 100, steps: [${inner}] }] }`);

const badSteps: readonly BadPlan[] = [
  [
    'a hook without hooks',
    steps('{ get: /x, before: sign }'),
    '7:16',
    'scenarios[0].steps[0].before',
    'before only in a plan that names a hook file',
  ],
  [
    'a hook that is not exported',
    hooked('{ get: /x, after: chekc }'),
    '8:23',
    'scenarios[0].steps[0].after',
    'hooks.ts exports: one of sign, check (did you mean check?)',
  ],
  [
    'an unknown variable before any hook could set it',
    hooked('{ get: "/{{id}}", before: sign }'),
    '8:12',
    'scenarios[0].steps[0].get',
    'not {{id}}',
  ],
  [
    'an upload of the hook file, which has two contents then',
    hooked('{ post: /x, upload: hooks.ts }'),
    '8:25',
    'scenarios[0].steps[0].upload',
    'a file other than hooks.ts, which is the hook file',
  ],
  [
    'a missing upload',
    steps('{ post: /x, upload: nope.bin }'),
    '7:25',
    'scenarios[0].steps[0].upload',
    'a file that can be read: there is no such file',
  ],
  [
    'a huge upload',
    steps('{ post: /x, upload: huge.bin }'),
    '7:25',
    'scenarios[0].steps[0].upload',
    'a file of at most 100 MB, not 100.1 MB',
  ],
  [
    'an upload beside a form',
    steps('{ post: /x, form: { a: 1 }, upload: images/photo.png }'),
    '7:33',
    'scenarios[0].steps[0].upload',
    'upload and multipart; form is there',
  ],
  [
    'a body without parts',
    steps('{ post: /x, multipart: {} }'),
    '7:28',
    'scenarios[0].steps[0].multipart',
    'at least one field',
  ],
  [
    'a missing file of a part',
    steps('{ post: /x, multipart: { a: { file: nope.bin } } }'),
    '7:41',
    'scenarios[0].steps[0].multipart.a.file',
    'a file that can be read',
  ],
  [
    'a part without file',
    steps('{ post: /x, multipart: { a: { name: x.png } } }'),
    '7:33',
    'scenarios[0].steps[0].multipart.a.file',
    'the name of a file',
  ],
  [
    'a part of an impossible type',
    steps('{ post: /x, multipart: { a: { file: images/photo.png, type: png } } }'),
    '7:65',
    'scenarios[0].steps[0].multipart.a.type',
    'a media type such as image/png',
  ],
  [
    'an unknown key of a part',
    steps('{ post: /x, multipart: { a: { file: images/photo.png, nmae: a } } }'),
    '7:59',
    'scenarios[0].steps[0].multipart.a.nmae',
    'did you mean name?',
  ],
  [
    'a list as a part',
    steps('{ post: /x, multipart: { a: [1] } }'),
    '7:33',
    'scenarios[0].steps[0].multipart.a',
    'a field: text, a number',
  ],
  [
    'an unknown variable in a part',
    steps('{ post: /x, multipart: { a: "{{nope}}" } }'),
    '7:33',
    'scenarios[0].steps[0].multipart.a',
    'not {{nope}}',
  ],
  [
    'a content-type of its own for parts',
    steps('{ post: /x, multipart: { a: b }, headers: { Content-Type: multipart/form-data } }'),
    '7:49',
    'scenarios[0].steps[0].headers.Content-Type',
    'written for you with multipart',
  ],
  [
    'a condition without comparison',
    steps('{ while: "{{$now}} is late", max: 2, steps: [{ get: /x }] }'),
    '7:14',
    'scenarios[0].steps[0].while',
    'LEFT == RIGHT or LEFT != RIGHT',
  ],
  [
    'a condition that never changes',
    steps('{ while: a != b, max: 2, steps: [{ get: /x }] }'),
    '7:14',
    'scenarios[0].steps[0].while',
    'a condition that can change',
  ],
  [
    'an unknown variable in a condition',
    steps('{ while: "{{state}} != b", max: 2, steps: [{ get: /x }] }'),
    '7:14',
    'scenarios[0].steps[0].while',
    'not {{state}}',
  ],
  [
    'an unclosed template in a condition',
    steps('{ while: "{{state != b", max: 2, steps: [{ get: /x }] }'),
    '7:14',
    'scenarios[0].steps[0].while',
    'never closed',
  ],
  [
    'a loop without bound',
    steps('{ while: "{{$now}} != b", steps: [{ get: /x }] }\n  - get: /'),
    '7:5',
    'scenarios[0].steps[0]',
    'max, the most passes',
  ],
  [
    'a loop of no passes',
    steps('{ while: "{{$now}} != b", max: 0, steps: [{ get: /x }] }\n  - get: /'),
    '7:36',
    'scenarios[0].steps[0].max',
    'the most passes: a whole number from 1',
  ],
  [
    'a loop around nothing',
    steps('{ while: "{{$now}} != b", max: 2 }\n  - get: /'),
    '7:5',
    'scenarios[0].steps[0]',
    'steps to play while the condition holds',
  ],
  [
    'a bound of a repetition',
    steps('{ repeat: 2, max: 3, steps: [{ get: /x }] }'),
    '7:18',
    'scenarios[0].steps[0].max',
    'a key that goes with repeat',
  ],
  [
    'a loop without a request',
    steps('{ while: "{{$now}} != b", max: 2, steps: [{ think: 1s }] }'),
    '7:3',
    'scenarios[0].steps',
    'sends a request',
  ],
  [
    'loops that multiply beyond reason',
    deep('{ while: "{{$now}} != 1", max: 11, steps: [{ get: /x }] }'),
    '7:3',
    'scenarios[0].steps',
    'at most 1000000 requests of one arrival, not 1100000',
  ],
];

describe('a plan with bad steps', () => {
  it.each(badSteps)('with %s is refused with its place and what was expected', expectRefused);
});

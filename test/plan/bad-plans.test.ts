import { describe, expect, it } from 'vitest';
import { formatProblems } from '../../src/document/document-problem.ts';
import {
  type BadPlan,
  data,
  expectRefused,
  head,
  load,
  one,
  stages,
  steps,
  target,
  threshold,
} from './bad-plan.ts';
import { readPlan } from './read-plan.ts';

const badPlans: readonly BadPlan[] = [
  ['an empty file', '', '1:1', '', 'begins with version: 1'],
  ['not a mapping', '- a\n- b\n', '1:1', '', 'begins with version: 1'],
  ['not YAML', 'version: 1\nload: [1, 2\n', '3:1', '', 'same indentation'],
  ['an unclosed quote', 'version: 1\nname: "x\n', '3:1', '', 'closing quote'],
  ['a tab for indentation', 'version: 1\nload:\n\t- for: 10s\n', '3:1', '', 'spaces for indentation'],
  ['a key that is there twice', 'version: 1\nname: a\nname: b\n', '3:1', '', 'each key once'],
  ['two documents', 'version: 1\n---\nversion: 1\n', '2:1', '', 'one YAML document'],
  ['an alias without its anchor', 'version: 1\nname: *x\n', '2:6', '', 'Unresolved alias'],
  ['an anchor in itself', '&a\nversion: *a\n', '2:9', '', 'contains itself'],
  ['a tag nobody knows', 'version: !mine 1\n', '1:10', '', 'Unresolved tag'],
  ['a missing version', `target: http://127.0.0.1\n${load}${one}`, '1:1', 'version', '1, the version'],
  [
    'another version',
    `version: 2\ntarget: http://127.0.0.1\n${load}${one}`,
    '1:10',
    'version',
    '1, the version',
  ],
  ['a missing target', `version: 1\n${load}${one}`, '1:1', 'target', 'an origin such as'],
  ['a missing load', `${head}${one}`, '1:1', 'load', 'a list of stages'],
  ['missing scenarios', `${head}${load}`, '1:1', 'scenarios', 'a list of scenarios'],
  ['an unknown key', `${head}${load}${one}trehsholds: []\n`, '5:1', 'trehsholds', 'did you mean thresholds?'],
  [
    'an unknown key of a step',
    steps('{ get: /x, exepct: {} }'),
    '7:16',
    'scenarios[0].steps[0].exepct',
    'did you mean expect?',
  ],
  ['no stage', stages('  []'), '4:3', 'load', 'at least one stage'],
  ['a negative rate', stages('- { for: 10s, rate: -50 }'), '4:21', 'load[0].rate', 'a rate of 0 to 1000000'],
  ['a rate in words', stages('- { for: 10s, rate: fast }'), '4:21', 'load[0].rate', 'a rate of 0 to 1000000'],
  [
    'a huge rate',
    stages('- { for: 10s, rate: 50 to 2000000 }'),
    '4:21',
    'load[0].rate',
    'a rate of 0 to 1000000',
  ],
  [
    'an infinite rate',
    stages('- { for: 10s, rate: .inf }'),
    '4:21',
    'load[0].rate',
    'a rate of 0 to 1000000',
  ],
  ['a duration without unit', stages('- { for: 10, rate: 5 }'), '4:10', 'load[0].for', 'a duration from 1ms'],
  ['no duration', stages('- { rate: 5 }'), '4:3', 'load[0].for', 'a duration from 1ms'],
  ['a stage of no length', stages('- { for: 0s, rate: 5 }'), '4:10', 'load[0].for', 'a duration from 1ms'],
  ['more than seven days', stages('- { for: 169h, rate: 5 }'), '4:10', 'load[0].for', 'to 7 days'],
  [
    'seven days and one second',
    stages('- { for: 168h, rate: 1 }\n- { for: 1s, rate: 1 }'),
    '4:1',
    'load',
    'at most 7 days',
  ],
  [
    'too many arrivals',
    stages('- { for: 168h, rate: 1000000 }'),
    '4:1',
    'load',
    'at most 1000000000 arrivals',
  ],
  [
    'rate and users in one stage',
    stages('- { for: 1s, rate: 5, users: 5 }'),
    '4:3',
    'load[0]',
    'either rate or users',
  ],
  ['neither rate nor users', stages('- { for: 1s }'), '4:3', 'load[0]', 'either rate or users'],
  [
    'mixed stages',
    stages('- { for: 1s, rate: 5 }\n- { for: 1s, users: 5 }'),
    '5:14',
    'load[1].users',
    'rate, as in the stages before',
  ],
  ['half a user', stages('- { for: 1s, users: 1.5 }'), '4:21', 'load[0].users', 'a whole number of 0 to'],
  [
    'too many users',
    stages('- { for: 1s, users: 1000001 }'),
    '4:21',
    'load[0].users',
    'a whole number of 0 to 1000000',
  ],
  ['no arrivals at all', stages('- { for: 1s, rate: 0 }'), '4:1', 'load', 'a rate above 0'],
  [
    'so low a rate that nothing arrives',
    stages('- { for: 1s, rate: 0.0000001 }'),
    '4:1',
    'load',
    'at least one arrival',
  ],
  ['no users at all', stages('- { for: 1s, users: 0 }'), '4:1', 'load', 'number of users above 0'],
  [
    'arrivals of the closed model',
    `${stages('- { for: 1s, users: 2 }')}arrivals: even\n`,
    '6:1',
    'arrivals',
    'only with stages that have a rate',
  ],
  [
    'too many workers',
    `${head}${load}${one}workers: { count: 1001 }\n`,
    '5:19',
    'workers.count',
    'from 1 to 1000',
  ],
  [
    'weights beyond measure',
    `${head}${load}scenarios:\n- { name: a, weight: 9999, steps: [{ get: / }] }\n- { name: b, weight: 2, steps: [{ get: / }] }\n`,
    '5:1',
    'scenarios',
    'at most 10000 together',
  ],
  [
    'a weight of nothing',
    `${head}${load}scenarios:\n- { name: a, weight: 0, steps: [{ get: / }] }\n`,
    '5:22',
    'scenarios[0].weight',
    'from 1 to 10000',
  ],
  [
    'two scenarios of one name',
    `${head}${load}scenarios:\n- { name: a, steps: [{ get: / }] }\n- { name: a, steps: [{ get: / }] }\n`,
    '6:11',
    'scenarios[1].name',
    'no other scenario has',
  ],
  [
    'no step',
    `${head}${load}scenarios: [{ name: a, steps: [] }]\n`,
    '4:31',
    'scenarios[0].steps',
    'at least one step',
  ],
  ['no request', steps('think: 1s'), '7:3', 'scenarios[0].steps', 'sends a request'],
  ['a step of no kind', steps('{ name: x }'), '7:5', 'scenarios[0].steps[0]', 'one of get, post'],
  [
    'a step of two kinds',
    steps('{ get: /x, post: /y }'),
    '7:16',
    'scenarios[0].steps[0].post',
    'a step of its own',
  ],
  [
    'headers of a pause',
    steps('{ think: 1s, headers: {} }\n  - get: /'),
    '7:18',
    'scenarios[0].steps[0].headers',
    'goes with think',
  ],
  [
    'a pause that goes backwards',
    steps('think: 3s to 1s\n  - get: /'),
    '7:12',
    'scenarios[0].steps[0].think',
    'a time such as 1s',
  ],
  [
    'no repetition',
    steps('{ repeat: 0, steps: [{ get: /x }] }'),
    '7:15',
    'scenarios[0].steps[0].repeat',
    'from 1 to 10000',
  ],
  ['nothing to repeat', steps('repeat: 2\n  - get: /'), '7:5', 'scenarios[0].steps[0]', 'steps to repeat'],
  ['an unclosed template', steps('get: "/p/{{id"'), '7:10', 'scenarios[0].steps[0].get', 'never closed'],
  [
    'an unknown generator',
    steps('{ get: /x, headers: { a: "{{$uid}}" } }'),
    '7:30',
    'scenarios[0].steps[0].headers.a',
    '$uid is not a generator',
  ],
  ['an unknown variable', steps('get: "/p/{{id}}"'), '7:10', 'scenarios[0].steps[0].get', 'not {{id}}'],
  [
    'a variable that is captured later',
    steps('{ get: "/{{id}}", capture: { id: { json: $.id } } }'),
    '7:12',
    'scenarios[0].steps[0].get',
    'not {{id}}',
  ],
  [
    'an unknown variable deep in JSON',
    steps('{ post: /x, json: { a: [1, { b: "{{nope}}" }] } }'),
    '7:37',
    'scenarios[0].steps[0].json.a[1].b',
    'not {{nope}}',
  ],
  [
    'an unknown variable in a plan-wide header',
    `headers: { x: "{{nope}}" }\n${steps('get: /\n  - get: /y')}`,
    '1:15',
    'headers.x',
    'not {{nope}}',
  ],
  [
    'a path without its slash',
    steps('get: products'),
    '7:10',
    'scenarios[0].steps[0].get',
    'a path that starts with /',
  ],
  ['a path with a space', steps('get: /a b'), '7:10', 'scenarios[0].steps[0].get', 'without spaces'],
  ['a fragment', steps('get: "/a#b"'), '7:10', 'scenarios[0].steps[0].get', 'without a fragment'],
  [
    'a host in a variable',
    `variables: { h: x }\n${steps('get: "http://127.0.0.1{{h}}/x"')}`,
    '8:10',
    'scenarios[0].steps[0].get',
    'written out',
  ],
  [
    'two bodies',
    steps('{ post: /x, body: a, json: b }'),
    '7:26',
    'scenarios[0].steps[0].json',
    'only one of body, json, form, upload and multipart',
  ],
  [
    'a header that is written for you',
    steps('{ get: /x, headers: { Content-Length: 5 } }'),
    '7:27',
    'scenarios[0].steps[0].headers.Content-Length',
    'a header other than',
  ],
  [
    'a header name with a space',
    steps('{ get: /x, headers: { "a b": 5 } }'),
    '7:27',
    'scenarios[0].steps[0].headers["a b"]',
    'a header name',
  ],
  [
    'a header of two lines',
    steps('{ get: /x, headers: { a: "x\\ny" } }'),
    '7:30',
    'scenarios[0].steps[0].headers.a',
    'on one line',
  ],
  [
    'a header twice',
    steps('{ get: /x, headers: { a: 1, A: 2 } }'),
    '7:33',
    'scenarios[0].steps[0].headers.A',
    'each header once',
  ],
  [
    'a status that is none',
    steps('{ get: /x, expect: { status: 6xx } }'),
    '7:34',
    'scenarios[0].steps[0].expect.status',
    'a status such as 200',
  ],
  [
    'a bad JSONPath',
    steps('{ get: /x, expect: { json: { "$.[": 1 } } }'),
    '7:34',
    'scenarios[0].steps[0].expect.json["$.["]',
    'a JSONPath such as',
  ],
  [
    'a bad regular expression',
    steps('{ get: /x, capture: { a: { regex: "(" } } }'),
    '7:39',
    'scenarios[0].steps[0].capture.a.regex',
    'Unterminated group',
  ],
  [
    'a bad regular expression for a body',
    steps('{ get: /x, expect: { body: { matches: "[" } } }'),
    '7:32',
    'scenarios[0].steps[0].expect.body',
    'a regular expression',
  ],
  [
    'a capture of two kinds',
    steps('{ get: /x, capture: { a: { json: $.a, header: b } } }'),
    '7:30',
    'scenarios[0].steps[0].capture.a',
    'one of { json',
  ],
  [
    'a capture without a name',
    steps('{ get: /x, capture: { "1a": { json: $.a } } }'),
    '7:27',
    'scenarios[0].steps[0].capture.1a',
    'a variable name',
  ],
  [
    'a missing data file',
    data('{ file: nope.csv, use: cycle }'),
    '6:17',
    'scenarios[0].data.file',
    'there is no such file',
  ],
  [
    'an empty data file',
    data('{ file: empty.csv, use: cycle }'),
    '6:17',
    'scenarios[0].data.file',
    'it is empty',
  ],
  [
    'a ragged data file',
    data('{ file: ragged.csv, use: cycle }'),
    '6:17',
    'scenarios[0].data.file',
    'line 2 has 1',
  ],
  [
    'an unknown use of data',
    data('{ file: users.csv, use: twice }'),
    '6:33',
    'scenarios[0].data.use',
    'one of once, cycle, random',
  ],
  [
    'fewer rows than arrivals',
    data('{ file: users.csv, use: once }'),
    '6:33',
    'scenarios[0].data.use',
    '500 rows in users.csv to use each once, but it has 3',
  ],
  ['a threshold that is none', threshold('p99 is fast'), '6:3', 'thresholds[0]', 'a threshold such as'],
  [
    'a threshold without unit',
    threshold('p99(response) < 250'),
    '6:3',
    'thresholds[0]',
    'a time limit in us, ms or s',
  ],
  [
    'a threshold of an unknown step',
    threshold('p99(response, GET /y) < 1s'),
    '6:3',
    'thresholds[0]',
    'did you mean GET /x?',
  ],
  [
    'a share beyond all',
    `${head}${load}${one}validity: { cpu: 185% }\n`,
    '5:18',
    'validity.cpu',
    'from 0% to 100%',
  ],
  [
    'a variable in a variable',
    `${head}${load}${one}variables: { a: "{{b}}" }\n`,
    '5:17',
    'variables.a',
    'a plain value',
  ],
  [
    'a list as a variable',
    `${head}${load}${one}variables: { a: [1] }\n`,
    '5:17',
    'variables.a',
    'text, a number or true/false',
  ],
  [
    'an unknown variable in the load',
    stages('- { for: 10s, rate: "{{peek}}" }'),
    '4:21',
    'load[0].rate',
    'not {{peek}}',
  ],
  [
    'a generator in the load',
    stages('- { for: 10s, rate: "{{$randomInt 1 5}}" }'),
    '4:21',
    'load[0].rate',
    'so no generator',
  ],
  ['a target without scheme', target('127.0.0.1:8080'), '2:9', 'target', 'an http or https origin'],
  ['a target of another scheme', target('ftp://127.0.0.1'), '2:9', 'target', 'an http or https origin'],
  [
    'a target that is kept for later',
    target('ecs:shop/web'),
    '2:9',
    'target',
    'reserved for a later version',
  ],
  [
    'a target with a password',
    target('http://a:b@127.0.0.1'),
    '2:9',
    'target',
    'without user name and password',
  ],
  [
    'a target with an empty user name',
    target('http://@127.0.0.1'),
    '2:9',
    'target',
    'without user name and password',
  ],
  ['a target with a query', target('http://127.0.0.1/?a=b'), '2:9', 'target', 'without a query'],
  [
    'a target with an impossible port',
    target('http://127.0.0.1:70000'),
    '2:9',
    'target',
    'a host and port that can exist',
  ],
  [
    'a target with a backslash',
    target('http://127.0.0.1\\@evil.test'),
    '2:9',
    'target',
    'without spaces and backslashes',
  ],
  [
    'a line indented beyond reason',
    `version: 1\nname:\n${' '.repeat(50_000)}x\n`,
    '1:1',
    '',
    'less than 500 columns',
  ],
  ['a variable without quotes', stages('- { for: 10s, rate: {{peak}} }'), '4:22', '', 'quotes around'],
  ['a path with a variable without quotes', steps('{ get: /p/{{id}} }'), '7:15', '', 'quotes around'],
  ['a binary file', 'version: 1\0', '1:1', '', 'not a binary file'],
];

describe('a bad plan', () => {
  it.each(badPlans)('with %s is refused with its place and what was expected', expectRefused);

  it.each([
    [
      'a host that is not listed',
      target('http://shop.example'),
      'target',
      'shop.example is not in allowedTargets',
    ],
    [
      'an address that is not listed',
      target('http://10.0.0.1'),
      'target',
      '10.0.0.1 is not in allowedTargets',
    ],
    ['a metadata address in disguise', target('http://2852039166'), 'target', 'never a target'],
    [
      'a step elsewhere',
      steps('get: https://shop.example/x'),
      'scenarios[0].steps[0].get',
      'not in allowedTargets',
    ],
  ])('with %s has a problem of its own kind', (_, text, path, expected) => {
    const parsed = readPlan(text);
    const problems = parsed.kind === 'problems' ? parsed.problems : [];
    expect(problems).toMatchObject([{ code: 'target-not-allowed', path }]);
    expect(formatProblems(problems)).toContain(expected);
  });

  it('reports all mistakes together, in the order of the document', () => {
    const parsed = readPlan(
      `${head}lod: []\nload:\n- { for: 10, rate: -1 }\nscenarios:\n- name: a\n  steps:\n  - { get: "/{{x}}", timeout: 5, expect: { status: 9 } }\n  - { get: /y, headers: { te: 1 } }\nthresholds: [p99]\n`,
      { set: { y: '1' }, workers: 0 },
    );
    const problems = parsed.kind === 'problems' ? parsed.problems : [];
    expect(problems.map(({ line, path }) => `${line} ${path}`)).toEqual([
      '0 ',
      '0 ',
      '3 lod',
      '5 load[0].for',
      '5 load[0].rate',
      '9 scenarios[0].steps[0].get',
      '9 scenarios[0].steps[0].timeout',
      '9 scenarios[0].steps[0].expect.status',
      '10 scenarios[0].steps[1].headers.te',
      '11 thresholds[0]',
    ]);
    expect(problems.slice(0, 2).map(({ file }) => file)).toEqual(['--set', '--workers']);
  });

  it('is reported with the value as used when a variable was put in', () => {
    const parsed = readPlan(`variables: { peak: lots }\n${stages('- { for: 10s, rate: "{{peak}}" }')}`);
    expect(parsed.kind === 'problems' && parsed.problems[0]?.value).toBe('"{{peak}}" (that is "lots")');
  });

  it('is shown line by line, with a caret under what is wrong', () => {
    const parsed = readPlan(stages('- { for: 10s, rate: "-50" }'));
    expect(parsed.kind === 'problems' && formatProblems(parsed.problems)).toBe(
      [
        'plan.yml:4:21  load[0].rate  "-50"  expected a rate of 0 to 1000000 arrivals per second, such as 50 or 50 to 200',
        '  4 | - { for: 10s, rate: "-50" }',
        '    |                     ^',
      ].join('\n'),
    );
  });

  it('is shown in part when the line is long', () => {
    const parsed = readPlan(steps(`{ name: ${'n'.repeat(300)}, get: x }`));
    const lines = parsed.kind === 'problems' ? formatProblems(parsed.problems).split('\n') : [];
    expect(Math.max(...lines.slice(1).map((line) => line.length))).toBeLessThan(120);
    const caret = lines[2]?.indexOf('^') ?? -1;
    expect(lines[1]?.[caret]).toBe('x');
  });

  it('with aliases that multiply is refused quickly', () => {
    const lines = Array.from(
      { length: 30 },
      (_, i) => `b${i}: &b${i} [${i === 0 ? '1' : `*b${i - 1}, *b${i - 1}, *b${i - 1}`}]`,
    );
    const parsed = readPlan(lines.join('\n'));
    expect(parsed.kind === 'problems' && parsed.problems[0]?.expected).toContain('Excessive alias count');
  });

  it.each(['['.repeat(100_000), '- '.repeat(50_000), `${'{a: '.repeat(50_000)}1`, '? '.repeat(2000)])(
    'nested beyond reason is refused (%#)',
    (text) => {
      expect(readPlan(text).kind).toBe('problems');
    },
  );
});

import { InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideInvocation } from '../../src/cli/decide-invocation.ts';
import { describeError } from '../../src/cli/describe-error.ts';
import { classifyInterrupt, samePressMillis } from '../../src/cli/interrupts.ts';
import { parseLimit, parseRateScale, parseSetting, parseWorkers } from '../../src/cli/parse-arguments.ts';
import { decideRunReference } from '../../src/cli/run-reference.ts';
import { BadInputError } from '../../src/errors.ts';

const ids = fc.uniqueArray(fc.stringMatching(/^[a-c]{1,6}$/), { minLength: 1 });
const listed = (runIds: readonly string[]) => runIds.map((runId) => ({ runId }));

describe('a reference to a run', () => {
  it('may be the whole id, even when it is the beginning of another', () => {
    fc.assert(
      fc.property(ids, fc.nat(), (runIds, pick) => {
        const runId = runIds[pick % runIds.length] as string;
        expect(decideRunReference(runId, listed(runIds))).toEqual({ kind: 'found', runId });
      }),
    );
  });

  it('may be a beginning when only one run has it', () => {
    fc.assert(
      fc.property(ids, fc.stringMatching(/^[a-c]{1,3}$/), (runIds, prefix) => {
        const matching = runIds.filter((id) => id.startsWith(prefix));
        const decided = decideRunReference(prefix, listed(runIds));
        if (runIds.includes(prefix)) expect(decided).toEqual({ kind: 'found', runId: prefix });
        else if (matching.length === 0) expect(decided).toEqual({ kind: 'none' });
        else if (matching.length === 1) expect(decided).toEqual({ kind: 'found', runId: matching[0] });
        else expect(decided).toEqual({ kind: 'several', runIds: matching });
      }),
    );
  });

  it('may be "last", the newest', () => {
    expect(decideRunReference('last', listed(['new', 'old']))).toEqual({ kind: 'found', runId: 'new' });
    expect(decideRunReference('last', [])).toEqual({ kind: 'none' });
  });

  it('is not an empty text', () => {
    expect(decideRunReference('', listed(['only']))).toEqual({ kind: 'none' });
  });
});

describe('arguments', () => {
  it.each([
    ['1', 1],
    ['1000', 1000],
    ['007', 7],
  ])('takes %s workers', (text, count) => {
    expect(parseWorkers(text)).toBe(count);
  });
  it.each(['0', '-1', '1.5', '1001', 'two', '', '1e2', ' 3'])('refuses %j workers', (text) => {
    expect(() => parseWorkers(text)).toThrow(InvalidArgumentError);
  });
  it.each([
    ['2x', 2],
    ['1.5x', 1.5],
    ['0.25', 0.25],
    ['.5X', 0.5],
    ['100', 100],
  ])('takes the rate %s', (text, scale) => {
    expect(parseRateScale(text)).toBe(scale);
  });
  it.each(['0', '0x', '-1x', '100.1', 'x', '', '2xx', 'Infinity', '1e1', 'NaN'])(
    'refuses the rate %j',
    (text) => {
      expect(() => parseRateScale(text)).toThrow(InvalidArgumentError);
    },
  );
  it('takes a limit', () => {
    expect(parseLimit('5')).toBe(5);
    expect(() => parseLimit('0')).toThrow(InvalidArgumentError);
  });
  it('collects settings, whose values may hold an equals sign or nothing', () => {
    const first = parseSetting('query=a=b', {});
    expect(parseSetting('empty=', first)).toEqual({ query: 'a=b', empty: '' });
    expect(Object.keys(parseSetting('__proto__=x', {}))).toEqual(['__proto__']);
  });
  it.each(['port', '=8080', ''])('refuses the setting %j', (text) => {
    expect(() => parseSetting(text, {})).toThrow(InvalidArgumentError);
  });
  it('refuses a setting given twice', () => {
    expect(() => parseSetting('a=2', { a: '1' })).toThrow(InvalidArgumentError);
  });
});

describe('an interrupt', () => {
  it('is the first, then an echo for a moment, then a new wish', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(10_000), (first, later) => {
        expect(classifyInterrupt(undefined, first)).toBe('first');
        expect(classifyInterrupt(first, first + later)).toBe(later < samePressMillis ? 'echo' : 'again');
      }),
    );
  });
});

describe('an error', () => {
  it('that is expected is its message', () => {
    expect(describeError(new BadInputError('no such file'), {})).toBe('stormdrain: no such file\n');
  });
  it('that is not is one line that says how to see more', () => {
    const text = describeError(new TypeError('x is not a function\nat y'), {});
    expect(text).toBe(
      'stormdrain: unexpected error: x is not a function (STORMDRAIN_DEBUG=1 shows where it came from)\n',
    );
  });
  it('shows its stack and causes when asked to', () => {
    const text = describeError(new TypeError('outer', { cause: new Error('inner') }), {
      STORMDRAIN_DEBUG: '1',
    });
    expect(text).toContain('TypeError: outer');
    expect(text).toContain('caused by Error: inner');
    expect(text).toContain('decisions.test.ts');
  });
});

describe('the way to call the program again', () => {
  const env = {};
  it('is its launcher in a checkout', () => {
    const facts = { root: '/src/sd', env };
    expect(decideInvocation({ ...facts, cwd: '/src/sd' })).toBe('node bin/stormdrain.mjs');
    expect(decideInvocation({ ...facts, cwd: '/src/sd/examples' })).toBe('node ../bin/stormdrain.mjs');
    expect(decideInvocation({ ...facts, cwd: '/home/me/elsewhere' })).toBe('node /src/sd/bin/stormdrain.mjs');
  });
  it('is npx where it is installed in the project', () => {
    const root = '/app/node_modules/stormdrain';
    expect(decideInvocation({ root, cwd: '/app', env })).toBe('npx stormdrain');
  });
  it('is its name where it is installed for everybody', () => {
    const root = '/usr/lib/node_modules/stormdrain';
    expect(decideInvocation({ root, cwd: '/home/me', env })).toBe('stormdrain');
  });
});

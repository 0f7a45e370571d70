import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestName, oneOf } from '../../src/document/nearest-name.ts';

describe('the name that was probably meant', () => {
  it.each([
    ['wieght', 'weight'],
    ['Weight', 'weight'],
    ['step', 'steps'],
    ['nam', 'name'],
    ['colour', undefined],
    ['x', undefined],
  ])('for %s is %s', (written, meant) => {
    expect(nearestName(written, ['name', 'weight', 'data', 'steps'])).toBe(meant);
  });

  it('is the name itself when it is there', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,10}$/), { minLength: 1 });
    fc.assert(
      fc.property(names, fc.nat(), (known, index) => {
        const name = known[index % known.length] ?? '';
        expect(nearestName(name, known)).toBe(name);
      }),
    );
  });

  it('is said beside what there is', () => {
    expect(oneOf('wieght', ['name', 'weight'])).toBe('one of name, weight (did you mean weight?)');
    expect(oneOf('x', [])).toBe('there are none');
    expect(
      oneOf(
        'zzz',
        Array.from({ length: 25 }, (_, i) => `name${i}`),
      ),
    ).toContain('name19, 5 more');
  });
});

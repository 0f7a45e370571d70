import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileBasicAuth } from '../../../src/engine/script/compile-basic-auth.ts';
import { constantText, renderText } from '../../../src/engine/script/compile-text.ts';
import { aScope } from '../support/a-plan.ts';

describe('basic authentication', () => {
  it('is the two texts in UTF-8, with a colon between', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(
        text.filter((each) => !/[:\p{Cc}]/u.test(each)),
        text.filter((each) => !/\p{Cc}/u.test(each)),
        (user, password) => {
          const compiled = compileBasicAuth({ user: '{{u}}', password: '{{p}}' }, new Map());
          const value = renderText(compiled, aScope({ row: { u: user, p: password } }));
          const [scheme, encoded = ''] = value.split(' ');
          expect(scheme).toBe('Basic');
          expect(Buffer.from(encoded, 'base64').toString('utf8')).toBe(`${user}:${password}`);
        },
      ),
    );
  });

  it('is encoded once when neither text varies', () => {
    const compiled = compileBasicAuth(
      { user: 'Aladdin', password: '{{p}}' },
      new Map([['p', 'open sesame']]),
    );
    expect(constantText(compiled)).toBe('Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==');
  });

  it.each([
    [{ user: 'a:b', password: 'c' }, 'has a colon'],
    [{ user: 'a', password: 'c\n' }, 'has a control character'],
    [{ user: '{{nope}}', password: 'c' }, 'no value for {{nope}}'],
  ])('cannot be made of %j', (auth, message) => {
    const compiled = compileBasicAuth(auth, new Map());
    expect(() => renderText(compiled, aScope())).toThrow(message);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Credentials, decideCredentials } from '../../src/plan/compile-auth.ts';
import { head, load } from './bad-plan.ts';
import { compiled } from './read-plan.ts';

const someCredentials = (owner: string): fc.Arbitrary<Credentials> =>
  fc.record({
    headers: fc.constantFrom(
      {},
      { accept: owner },
      { authorization: owner },
      { AUTHORIZATION: owner, accept: owner },
    ),
    auth: fc.constantFrom(undefined, { user: owner, password: 'x' }),
  });

const authorizations = (headers: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(headers).flatMap(([name, value]) => (name.toLowerCase() === 'authorization' ? [value] : []));

const planOf = (top: string, step: string) =>
  compiled(`${head}${load}${top}\nscenarios: [{ name: a, steps: [{ get: /x${step} }] }]\n`).scenarios[0]
    ?.steps[0];

describe('who sends a request', () => {
  it('is said once, by the step if it says anything, else by the plan', () => {
    fc.assert(
      fc.property(someCredentials('step'), someCredentials('plan'), (step, plan) => {
        fc.pre(step.auth === undefined || authorizations(step.headers).length === 0);
        const { planHeaders, auth } = decideCredentials(step, plan);
        const said = [
          ...(authorizations(step.headers).length > 0
            ? authorizations(step.headers)
            : authorizations(planHeaders)),
          ...(auth === undefined ? [] : [auth.user]),
        ];
        const says = ({ headers, auth: own }: Credentials): boolean =>
          own !== undefined || authorizations(headers).length > 0;
        expect(said).toEqual(says(step) ? ['step'] : says(plan) ? ['plan'] : []);
        expect(planHeaders.accept).toBe(plan.headers.accept);
      }),
    );
  });

  it.each([
    [
      'auth: { user: a, password: b }',
      ', headers: { Authorization: mine }',
      [['Authorization', 'mine']],
      undefined,
    ],
    ['headers: { authorization: all }', ', auth: { user: a, password: 7 }', [], { user: 'a', password: '7' }],
    ['auth: { user: a, password: b }', ', auth: { user: c, password: d }', [], { user: 'c', password: 'd' }],
    ['headers: { authorization: all }', '', [['authorization', 'all']], undefined],
  ])('with %s and a step with%s is the step, then the plan', (top, step, headers, auth) => {
    const request = planOf(top, step);
    expect(request).toMatchObject({ headers });
    expect(request?.kind === 'request' && request.auth).toEqual(auth);
  });
});

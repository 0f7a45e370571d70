/** Plan documents (docs/plan.md) of what the bench runs. Plain objects: a plan may be JSON. */

interface Target {
  readonly target: string;
}

/** The certificate is of the bench's own making, and no other tool is asked to check it. */
const trustFor = (target: string): object => (target.startsWith('https:') ? { tls: { verify: false } } : {});

const getPath = (path: string): object => ({ name: 'get', steps: [{ get: path }] });

interface UserStage {
  readonly seconds: number;
  /** A number, or a ramp such as `0 to 100`. */
  readonly users: number | string;
}

const usersOf = (stages: readonly UserStage[]): readonly object[] =>
  stages.map(({ seconds, users }) => ({ for: `${seconds}s`, users }));

/** Users that ask for one page over and over. */
export const closedPlan = (
  options: Target & {
    readonly path: string;
    readonly stages: readonly UserStage[];
    readonly threads?: number;
    readonly http?: 2;
  },
): object => ({
  version: 1,
  name: 'closed',
  target: options.target,
  load: usersOf(options.stages),
  ...(options.http === undefined ? {} : { http: options.http }),
  ...(options.threads === undefined ? {} : { workers: { threads: options.threads } }),
  ...trustFor(options.target),
  scenarios: [getPath(options.path)],
});

/** Evenly spaced arrivals that ask for one page; those of the warm-up, at the same rate, come before `seconds`. */
export const openPlan = (
  options: Target & {
    readonly perSecond: number;
    readonly seconds: number;
    readonly precise?: boolean;
    readonly warmupSeconds?: number;
  },
): object => ({
  version: 1,
  name: 'open',
  target: options.target,
  load: [
    ...(options.warmupSeconds === undefined
      ? []
      : [{ for: `${options.warmupSeconds}s`, rate: options.perSecond, warmup: true }]),
    { for: `${options.seconds}s`, rate: options.perSecond },
  ],
  ...(options.precise === undefined ? {} : { precise: options.precise }),
  scenarios: [getPath('/')],
});

/** Users that pause between requests. */
export const thinkingPlan = (
  options: Target & { readonly stages: readonly UserStage[]; readonly think: string },
): object => ({
  version: 1,
  name: 'thinking',
  target: options.target,
  load: usersOf(options.stages),
  ...trustFor(options.target),
  scenarios: [{ name: 'thinking', steps: [{ get: '/' }, { think: options.think }] }],
});

/** The same four steps as in bench/scripts. */
export const scenarioPlan = (
  options: Target & { readonly users: number; readonly seconds: number },
): object => ({
  version: 1,
  name: 'four steps',
  target: options.target,
  load: [{ for: `${options.seconds}s`, users: options.users }],
  scenarios: [
    {
      name: 'visit',
      steps: [
        {
          post: '/sessions',
          json: { user: 'user-{{$randomInt 1 1000}}', plan: 'basic' },
          expect: { status: 201 },
          capture: { token: { json: '$.token' } },
        },
        {
          get: '/products?page={{$randomInt 1 20}}',
          name: 'GET /products',
          capture: { product: { json: '$.items[2].id' } },
        },
        {
          get: '/products/{{product}}',
          name: 'GET /products/:id',
          headers: { authorization: 'Bearer {{token}}' },
          expect: { json: { '$.available': true } },
        },
        {
          put: '/cart/{{product}}',
          name: 'PUT /cart/:id',
          headers: { authorization: 'Bearer {{token}}' },
          expect: { body: 'accepted' },
        },
      ],
    },
  ],
});

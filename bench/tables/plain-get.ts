import { type BenchContext, peerContestant, stormdrainContestant, toolContestant } from '../bench-context.ts';
import { contestOf, efficiencyColumns, efficiencyRows, ratioAim, remarksIn } from '../efficiency-table.ts';
import { autocannonRun } from '../peers/autocannon.ts';
import { bareSocketsRun } from '../peers/bare-sockets.ts';
import { k6Run } from '../peers/k6.ts';
import { wrkRun } from '../peers/wrk.ts';
import type { ResultTable } from '../result-table.ts';
import { type Contestant, runRounds } from '../rounds.ts';
import { closedPlan } from '../stormdrain/plans.ts';
import { startNginx } from '../targets/nginx.ts';

const connections = 50;

interface Variant {
  readonly title: string;
  readonly secure: boolean;
  readonly path: string;
  readonly withK6: boolean;
  /** Next to Node's sockets by themselves: the response comes in one read. */
  readonly withBareSockets: boolean;
  readonly withHttp2: boolean;
  /** Of wrk's requests per CPU second. */
  readonly atLeast: number;
}

const variants: Readonly<Record<'plain' | 'tls' | 'body', Variant>> = {
  plain: {
    title: 'Plain GET, 12 bytes',
    secure: false,
    path: '/',
    withK6: true,
    withBareSockets: true,
    withHttp2: false,
    atLeast: 0.95,
  },
  tls: {
    title: 'GET over TLS, 12 bytes',
    secure: true,
    path: '/',
    withK6: false,
    withBareSockets: true,
    withHttp2: true,
    atLeast: 0.9,
  },
  body: {
    title: 'GET of 10 KB',
    secure: false,
    path: '/10k',
    withK6: false,
    withBareSockets: false,
    withHttp2: false,
    atLeast: 0.9,
  },
};

/** One page over and over on kept connections, closed model: what a request costs each tool. */
export const plainGetTable = async (
  context: BenchContext,
  key: keyof typeof variants,
): Promise<ResultTable> => {
  const { title, secure, path, withK6, withBareSockets, withHttp2, atLeast } = variants[key];
  const { rounds, seconds } = context.options;
  const nginx = await startNginx(context.workspace, context.placement.target);
  try {
    const target = secure ? nginx.https : nginx.http;
    const { wrk, autocannon, k6 } = context.peers;
    const load = { url: `${target}${path}`, connections, seconds };
    const contestants: readonly Contestant[] = [
      peerContestant(context, wrk, seconds, nginx.counting, (program) => wrkRun({ ...load, program })),
      peerContestant(context, autocannon, seconds, nginx.counting, (program) =>
        autocannonRun({ ...load, program }),
      ),
      ...(withK6
        ? [
            peerContestant(context, k6, seconds, nginx.counting, (program) =>
              k6Run({ program, script: 'plain.k6.js', target: load.url, seconds }),
            ),
          ]
        : []),
      stormdrainContestant(
        context,
        seconds,
        nginx.counting,
        closedPlan({ target, path, stages: [{ users: connections, seconds }] }),
      ),
      ...(withHttp2
        ? [
            stormdrainContestant(
              context,
              seconds,
              nginx.counting,
              closedPlan({ target, path, stages: [{ users: connections, seconds }], http: 2 }),
              'stormdrain, http: 2 over one connection',
            ),
          ]
        : []),
      ...(withBareSockets
        ? [toolContestant(context, 'bare Node sockets', seconds, nginx.counting, bareSocketsRun(load))]
        : []),
    ];
    const contests = await runRounds(contestants, rounds, (text) => context.progress(`${key}: ${text}`));
    const [reference, second] = contests;
    const own = contestOf(contests, `stormdrain ${context.stormdrain.version}`);
    return {
      title,
      about: `nginx ${context.nginxVersion}, one worker process; ${connections} connections, ${rounds} rounds of ${seconds} s.`,
      columns: efficiencyColumns('wrk'),
      rows: efficiencyRows(contests, reference),
      aims: [
        ratioAim(own, reference, atLeast, 'wrk'),
        ...(key === 'plain' ? [ratioAim(own, second, 2, 'autocannon')] : []),
      ],
      notes: [
        ...(withBareSockets
          ? [
              'Bare Node sockets write a ready request whenever they have read something, and look at nothing.',
            ]
          : []),
        ...remarksIn(contests),
      ],
    };
  } finally {
    await nginx.close();
  }
};

import { type BenchContext, type Counting, peerContestant, stormdrainContestant } from '../bench-context.ts';
import { contestOf, efficiencyColumns, efficiencyRows, ratioAim, remarksIn } from '../efficiency-table.ts';
import { artilleryRun } from '../peers/artillery.ts';
import { k6Run } from '../peers/k6.ts';
import { locustRun } from '../peers/locust.ts';
import type { ResultTable } from '../result-table.ts';
import { type Contestant, runRounds } from '../rounds.ts';
import { scenarioPlan } from '../stormdrain/plans.ts';
import { type NodeTarget, startNodeTarget } from '../targets/node-target.ts';

const users = 50;
const server = new URL('../targets/shop-server.ts', import.meta.url);

interface ShopReport {
  readonly requests: number;
}

/** Log in, list, look at one, put it in the cart: the same four steps in each tool's own language. */
export const scenarioTable = async (context: BenchContext): Promise<ResultTable> => {
  const { rounds, seconds } = context.options;
  const shop = await startNodeTarget<ShopReport>(context.workspace, server, [], context.placement.target);
  try {
    const contests = await runRounds(contestantsFor(context, shop), rounds, (text) =>
      context.progress(`scenario: ${text}`),
    );
    const own = contestOf(contests, 'stormdrain');
    const [reference, locust, artillery] = contests;
    return {
      title: 'A scenario of four steps',
      about: `A Node server; ${users} users, ${rounds} rounds of ${seconds} s. Templated paths, a JSON body, two captures, three expectations.`,
      columns: efficiencyColumns('k6'),
      rows: efficiencyRows(contests, reference),
      aims: [
        ratioAim(own, reference, 4, 'k6'),
        ratioAim(own, locust, 4, 'Locust FastHttpUser'),
        ratioAim(own, artillery, 15, 'Artillery'),
      ],
      notes: [
        'Artillery has no closed model: its 50 virtual users come within a second and repeat until a hook of theirs ends them. It expects nothing of a JSON body as text: that expectation looks into the parsed body.',
        'The start of a tool counts: some of them spend seconds of CPU on it. With more --seconds it weighs less.',
        ...remarksIn(contests),
      ],
    };
  } finally {
    await shop.close();
  }
};

const contestantsFor = (context: BenchContext, shop: NodeTarget<ShopReport>): readonly Contestant[] => {
  const { seconds } = context.options;
  const { k6, locust, artillery } = context.peers;
  const target = shop.url;
  const counting = countingOf(shop);
  const reportFile = context.workspace.path('artillery.json');
  return [
    peerContestant(context, k6, seconds, counting, (program) =>
      k6Run({ program, script: 'scenario.k6.js', target, seconds }),
    ),
    peerContestant(context, locust, seconds, counting, (program) =>
      locustRun({ program, script: 'scenario_locust.py', target, users, seconds }),
    ),
    peerContestant(context, artillery, seconds, counting, (program) =>
      artilleryRun({ program, script: 'scenario.artillery.yml', target, seconds, reportFile }),
    ),
    stormdrainContestant(context, seconds, counting, scenarioPlan({ target, users, seconds })),
  ];
};

const countingOf =
  (shop: NodeTarget<ShopReport>): Counting =>
  async (work) => {
    const before = await shop.report();
    const result = await work();
    const after = await shop.report();
    return { result, requests: after.requests - before.requests };
  };

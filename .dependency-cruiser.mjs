/** Which way the arrows run (docs/architecture.md). */
const capability =
  '^src/(plan|importers|engine|stats|run|worker|drain|scaling|logs|calls|messages|document|quota|store|states)/';
/** Composition roots build a platform out of its parts, so they may look inward. */
const compositionRoots =
  '^src/platform/(local/(local-platform|local-pace|simulated-drains|simulated-scaling|local-scaling|local-logs|worker-main)|aws/((run|plan|workflow|api|drain|scaling|logs)-platform|compose-survey|compose-pace|aws-pace|worker-main))\\.ts$';

export default {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      // Types of Lambda events are in a package of types only.
      to: { couldNotResolve: true, pathNot: '^aws-lambda$' },
    },
    {
      name: 'capabilities-reach-the-world-through-ports',
      comment: 'A capability knows ports, never an implementation, a function or a command.',
      severity: 'error',
      from: { path: capability },
      to: { path: '^(functions/|src/cli/|src/platform/(?!ports/))' },
    },
    {
      name: 'plan-stands-on-nothing',
      severity: 'error',
      from: { path: '^src/plan/' },
      to: { path: '^src/(?!plan/|document/|errors)' },
    },
    {
      name: 'importers-stand-on-the-plan',
      comment: 'Text in, plan out: what reads and writes files is the command.',
      severity: 'error',
      from: { path: '^src/importers/' },
      to: {
        path: '^(src/(?!importers/|plan/|document/|errors)|(node:)?(fs|child_process|http|https|net)(/|$))',
      },
    },
    {
      name: 'stats-stand-on-the-plan',
      severity: 'error',
      from: { path: '^src/stats/' },
      to: { path: '^src/(?!stats/|plan/|document/|errors)' },
    },
    {
      name: 'the-engine-knows-no-run',
      severity: 'error',
      from: { path: '^src/engine/' },
      to: { path: '^src/(?!engine/|stats/|plan/|document/|errors)' },
    },
    {
      name: 'transports-know-no-scenario',
      comment: 'What carries requests is handed bytes or messages, and knows neither who sends them nor why.',
      severity: 'error',
      from: { path: '^src/engine/(connect|http1|http2)/' },
      to: { path: '^src/engine/(arrivals|script|exchange)/' },
    },
    {
      name: 'each-transport-stands-alone',
      severity: 'error',
      from: { path: '^src/engine/(http1|http2)/' },
      to: { path: '^src/engine/(http1|http2)/', pathNot: '^src/engine/$1/' },
    },
    {
      name: 'scripts-know-no-arrivals',
      severity: 'error',
      from: { path: '^src/engine/script/' },
      to: { path: '^src/engine/(arrivals|exchange|http1|http2)/' },
    },
    {
      name: 'quotas-stand-on-ports',
      severity: 'error',
      from: { path: '^src/quota/' },
      to: { path: '^src/(?!quota/|store/|platform/ports/|errors)' },
    },
    {
      name: 'stored-documents-stand-on-ports',
      severity: 'error',
      from: { path: '^src/store/' },
      to: { path: '^src/(?!store/|platform/ports/|errors)' },
    },
    {
      name: 'a-drain-knows-no-run',
      comment: 'Runs and drains share ports, quotas and how documents are stored.',
      severity: 'error',
      from: { path: '^src/drain/' },
      to: { path: '^src/(?!drain/|calls/|messages/|quota/|store/|states/|platform/ports/|errors)' },
    },
    {
      name: 'documents-stand-on-nothing',
      comment: 'Reading what people write, and saying where it is wrong.',
      severity: 'error',
      from: { path: '^src/document/' },
      to: { path: '^src/(?!document/|errors)' },
    },
    {
      name: 'messages-stand-on-nothing',
      comment: 'What queues deliver, whoever wrote it.',
      severity: 'error',
      from: { path: '^src/messages/' },
      to: { path: '^src/(?!messages/|errors)' },
    },
    {
      name: 'calls-stand-on-ports',
      severity: 'error',
      from: { path: '^src/calls/' },
      to: { path: '^src/(?!calls/|platform/ports/|errors)' },
    },
    {
      name: 'scaling-knows-drains-by-their-documents',
      comment: 'What goes away is read from the leaving document; drains are asked for through their port.',
      severity: 'error',
      from: { path: '^src/scaling/' },
      to: {
        path: '^src/(?!scaling/|document/|calls/|messages/|quota/|store/|states/|drain/leaving/leaving-document|plan/random|platform/ports/|errors)',
      },
    },
    {
      name: 'logs-know-no-run',
      comment:
        'What a run or a decision was is in their tables; the time of a run is read through its own port.',
      severity: 'error',
      from: { path: '^src/logs/' },
      to: { path: '^src/(?!logs/|document/|calls/|messages/|store/|states/|platform/ports/|errors)' },
    },
    {
      name: 'the-log-catalog-knows-neither-who-compacts-nor-who-asks',
      severity: 'error',
      from: { path: '^src/logs/catalog/' },
      to: { path: '^src/logs/(compaction|salvage|asking)/' },
    },
    {
      name: 'log-layout-stands-on-nothing',
      comment: 'Where logs lie and what a record is: for whoever writes them, too.',
      severity: 'error',
      from: { path: '^src/logs/(layout|delivery)/' },
      to: { path: '^(src/(?!logs/(layout|delivery)/|errors)|node:(?!crypto$))' },
    },
    {
      name: 'scaling-decides-without-the-world',
      comment: 'Decisions and the simulator are pure: what they need is handed in.',
      severity: 'error',
      from: { path: '^src/scaling/(policy|services|capacity|simulate)/' },
      to: { path: '^(src/(calls|quota|store|states|scaling/(tick|operator))/|node:)' },
    },
    {
      name: 'haproxy-knows-ports',
      severity: 'error',
      from: { path: '^src/platform/haproxy/' },
      to: { path: '^(functions/|src/(?!platform/haproxy/|platform/ports/|store/|errors))' },
    },
    {
      name: 'a-run-knows-no-worker-code',
      severity: 'error',
      from: { path: '^src/run/' },
      to: { path: '^src/(engine|worker|cli|api)/' },
    },
    {
      name: 'ports-know-types-only',
      severity: 'error',
      from: { path: '^src/platform/ports/' },
      to: { path: '^src/(?!platform/ports/|errors)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'platform-parts-know-ports',
      severity: 'error',
      from: { path: '^src/platform/local/', pathNot: compositionRoots },
      to: { path: '^(functions/|src/(?!platform/local/|platform/ports/|plan/random|logs/layout/|errors))' },
    },
    {
      name: 'aws-parts-know-ports',
      severity: 'error',
      from: { path: '^src/platform/aws/', pathNot: compositionRoots },
      to: {
        path: '^(functions/|src/(?!platform/aws/|platform/ports/|plan/spot-shards|quota/bucket-sizes|logs/layout/|errors))',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'remote-speaks-the-api',
      comment: 'It knows the documents that go over the wire, and nothing of what is behind them.',
      severity: 'error',
      from: { path: '^src/platform/remote/' },
      to: {
        path: '^(functions/|src/(?!platform/remote/|platform/ports/|api/documents|errors))',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'routes-call-use-cases',
      severity: 'error',
      from: { path: '^src/api/' },
      to: { path: '^(functions/|src/(cli|engine|worker|platform/(?!ports/)))' },
    },
    {
      name: 'functions-call-use-cases',
      severity: 'error',
      from: { path: '^functions/' },
      to: {
        path: '^src/(cli|engine|worker|platform/(?!ports/|aws/(run|plan|workflow|api|drain|scaling|logs)-platform))',
      },
    },
    {
      name: 'only-the-local-platform-starts-workers',
      severity: 'error',
      from: { path: '^(src|functions)/', pathNot: '^src/(platform/local|cli)/' },
      to: { path: '^(node:)?(child_process|cluster)$' },
    },
    {
      name: 'engine-threads-belong-to-the-worker',
      comment: 'A worker has several engines or one; nobody else can tell.',
      severity: 'error',
      from: { path: '^(src|functions)/', pathNot: '^src/worker/' },
      to: { path: '^(node:)?worker_threads$' },
    },
    {
      name: 'only-the-local-platform-opens-duckdb',
      severity: 'error',
      from: { path: '^(src|functions)/', pathNot: '^src/platform/local/' },
      to: { path: '@duckdb/' },
    },
    {
      name: 'no-aws-sdk-outside-its-platform',
      severity: 'error',
      from: { path: '^(src|functions)/', pathNot: '^src/platform/(aws|remote)/' },
      to: { path: '@aws-sdk/|@smithy/' },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};

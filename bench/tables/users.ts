import { type BenchContext, remarksOf } from '../bench-context.ts';
import { free } from '../cpu-placement.ts';
import { formatCount, formatNumber, formatSpread } from '../format-number.ts';
import { spreadOf } from '../median.ts';
import type { Aim, ResultTable } from '../result-table.ts';
import { type Crowd, type CrowdKind, gatherCrowd, holdSeconds, rampSeconds } from './crowd.ts';

const few = 1_000;
const many = 10_000;
const kilobyteLimit = 20;

const kinds: readonly CrowdKind[] = [
  { doing: 'thinking', secure: false },
  { doing: 'waiting', secure: false },
  { doing: 'waiting', secure: true },
];

/** Users that mostly do nothing: what one of them costs, and whether the load is steady. */
export const usersTable = async (context: BenchContext): Promise<ResultTable> => {
  const crowds: Crowd[] = [];
  for (const kind of kinds) {
    for (const users of [few, many]) {
      context.progress(`users: ${users} ${describeKind(kind)}`);
      crowds.push(await gatherCrowd(context, kind, users));
    }
  }
  const large = crowds.filter(({ users }) => users === many);
  return {
    title: `${formatCount(many)} users in one worker`,
    about: `A Node server; closed model, each user asks once in 2 to 4 s; ${rampSeconds} s of ramp and ${holdSeconds} s of all users. ${free.described}`,
    columns: [
      'users',
      'open connections',
      'requests / s',
      'seconds',
      'errors',
      'worker memory, peak',
      'a user',
    ],
    rows: crowds.map((crowd) => rowOf(crowd, crowds)),
    aims: large.map((crowd) => crowdAim(crowd, crowds)),
    notes: [
      'Thinking users pause between requests; waiting users wait for the server, so that each needs a connection of its own.',
      `Memory of a user: the difference between the peaks of ${formatCount(many)} and ${formatCount(few)} users, by the number of users between them.`,
      ...crowds.flatMap(({ run }) => remarksOf(run)),
    ],
  };
};

const describeKind = ({ doing, secure }: CrowdKind): string => `${doing}${secure ? ', TLS' : ''}`;

const kilobytesOfUser = (crowd: Crowd, crowds: readonly Crowd[]): number => {
  const smaller = crowds.find(
    ({ doing, secure, users }) => doing === crowd.doing && secure === crowd.secure && users === few,
  );
  if (smaller === undefined) return Number.NaN;
  const bytes = crowd.run.workerPeakMemoryBytes - smaller.run.workerPeakMemoryBytes;
  return bytes / (crowd.users - few) / 1024;
};

const rowOf = (crowd: Crowd, crowds: readonly Crowd[]): readonly string[] => {
  const rates = spreadOf(crowd.steadyRates);
  return [
    `${formatCount(crowd.users)} ${describeKind(crowd)}`,
    formatCount(crowd.peakConnections),
    formatNumber(rates?.median ?? Number.NaN),
    formatSpread(rates),
    formatCount(crowd.run.summary.requests.failed),
    `${formatNumber(crowd.run.workerPeakMemoryBytes / 1024 ** 2)} MB`,
    crowd.users === few ? '' : `${formatNumber(kilobytesOfUser(crowd, crowds))} KB`,
  ];
};

/** Over TLS the memory is stated; only plaintext has a limit. */
const crowdAim = (crowd: Crowd, crowds: readonly Crowd[]): Aim => {
  const kilobytes = kilobytesOfUser(crowd, crowds);
  const { failed } = crowd.run.summary.requests;
  const connected = crowd.doing === 'thinking' || crowd.peakConnections >= crowd.users;
  return {
    text: `${formatCount(crowd.users)} users ${describeKind(crowd)}: no errors, ${crowd.secure ? 'memory stated' : `under ${kilobyteLimit} KB each`}${crowd.doing === 'waiting' ? ', a connection each' : ''}`,
    measured: `${formatCount(failed)} errors, ${formatNumber(kilobytes)} KB, ${formatCount(crowd.peakConnections)} connections`,
    met: failed === 0 && connected && (crowd.secure || kilobytes < kilobyteLimit),
  };
};

import { type Spread, spreadOf } from './median.ts';

/** One run of one tool. */
export interface Sample {
  /** As the tool reports them. */
  readonly requests: number;
  readonly errors: number;
  /** As the target counted them; undefined when it can't tell. */
  readonly countedByTarget: number | undefined;
  readonly loadSeconds: number;
  /** CPU seconds of the generator. The first is the figure that counts; others look at it differently. */
  readonly cpu: readonly CpuFigure[];
  readonly remarks: readonly string[];
}

export interface CpuFigure {
  /** Added to the tool's name; empty for the whole tool. */
  readonly of: string;
  readonly seconds: number;
}

export interface Contestant {
  readonly name: string;
  measure(): Promise<Sample>;
}

/** A contestant's samples; round i is at index i. A tool that fails once is out. */
export interface Contest {
  readonly name: string;
  readonly samples: readonly Sample[];
  readonly failure: string | undefined;
}

/** Every contestant in turn, then all again, so that whatever drifts drifts for all. */
export const runRounds = async (
  contestants: readonly Contestant[],
  rounds: number,
  progress: (text: string) => void,
): Promise<readonly Contest[]> => {
  const contests = contestants.map(({ name }) => ({
    name,
    samples: [] as Sample[],
    failure: undefined as string | undefined,
  }));
  for (let round = 1; round <= rounds; round++) {
    for (const [index, contestant] of contestants.entries()) {
      const contest = contests[index];
      if (contest === undefined || contest.failure !== undefined) continue;
      progress(`round ${round} of ${rounds}: ${contestant.name}`);
      try {
        contest.samples.push(await contestant.measure());
      } catch (error) {
        contest.failure = error instanceof Error ? error.message : String(error);
      }
    }
  }
  return contests;
};

export interface Efficiency {
  /** Requests per CPU second. */
  readonly efficiency: Spread | undefined;
  /** To the reference's in the same round. */
  readonly ratio: Spread | undefined;
}

/** The reference's first CPU figure is what the ratio is to. */
export const compareEfficiency = (
  { samples }: Contest,
  figure: number,
  reference: Contest | undefined,
): Efficiency => {
  const own = samples.map((sample) => efficiencyOf(sample, figure));
  const ratios = own.map((value, round) => value / efficiencyOf(reference?.samples[round] ?? undefined, 0));
  return {
    efficiency: spreadOf(own.filter(Number.isFinite)),
    ratio: spreadOf(ratios.filter(Number.isFinite)),
  };
};

const efficiencyOf = (sample: Sample | undefined, figure: number): number =>
  sample === undefined ? Number.NaN : sample.requests / (sample.cpu[figure]?.seconds ?? Number.NaN);

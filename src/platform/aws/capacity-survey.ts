import { EC2Client } from '@aws-sdk/client-ec2';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { PlatformPace } from '../../run/run-timing.ts';
import type { CapacityFacts, CapacitySurvey, VcpuQuota } from '../ports/capacity-survey.ts';
import type { SpotChoice } from '../ports/worker-fleet.ts';
import { awsClientOptions } from './aws-client-options.ts';
import { classifyAwsFailure } from './aws-failure.ts';
import { readImage } from './ecr-image.ts';
import { ecsBuckets } from './ecs-pace.ts';
import type { Architecture } from './fargate-prices.ts';
import { readFreeAddresses } from './free-addresses.ts';
import { type RunningVcpus, readRunningVcpus } from './running-vcpus.ts';
import { quotaName, readVcpuQuota } from './vcpu-quotas.ts';
import { workerPrice } from './worker-price.ts';

export interface SurveyedStack {
  readonly region: string;
  readonly cluster: string;
  readonly subnets: readonly string[];
  readonly worker: CapacityFacts['worker'];
  readonly architecture: Architecture;
  /** The image's full name. */
  readonly image: string;
  readonly spot: SpotChoice;
  readonly pace: PlatformPace;
}

export interface SurveyClients {
  readonly quotas: ServiceQuotasClient;
  readonly ecs: ECSClient;
  readonly ec2: EC2Client;
  readonly ecr: ECRClient;
}

/** Two tries of 2 s each: whoever waits for a survey waits for the API, whose answer must come within 30 s. */
export const surveyClients = (): SurveyClients => {
  const options = awsClientOptions({ requestSeconds: 2, attempts: 2 });
  return {
    quotas: new ServiceQuotasClient(options),
    ecs: new ECSClient(options),
    ec2: new EC2Client(options),
    ecr: new ECRClient(options),
  };
};

const lookupMillis = 6000;
/** What is known is good for so long in a function that stays warm. */
const keepMillis = 60_000;

type Found<Value> =
  | { readonly kind: 'known'; readonly value: Value }
  | { readonly kind: 'unknown'; readonly reason: string };

/** What the SDK says may go on over lines, and ends with a full stop or not. */
const firstLine = (text: string): string => text.replace(/\n.*$/s, '').replace(/[.\s]+$/, '');

/** What a call gave, or why it gave nothing; a call that takes too long is given up. */
const lookUp = async <Value>(read: (abortSignal: AbortSignal) => Promise<Value>): Promise<Found<Value>> => {
  const timeout = AbortSignal.timeout(lookupMillis);
  try {
    return { kind: 'known', value: await read(timeout) };
  } catch (error) {
    const reason = timeout.aborted
      ? `no answer within ${lookupMillis / 1000} s`
      : firstLine(classifyAwsFailure(error).text);
    return { kind: 'unknown', reason };
  }
};

const knownOf = <Value>(found: Found<Value>): Value | null => (found.kind === 'known' ? found.value : null);

const unknownOf = (what: string, found: Found<unknown>): readonly string[] =>
  found.kind === 'known' ? [] : [`${what} is not known: ${found.reason}.`];

const quotaOf = (
  kind: 'onDemand' | 'spot',
  quota: Found<number>,
  running: Found<RunningVcpus>,
): VcpuQuota | null =>
  quota.kind === 'unknown' || running.kind === 'unknown'
    ? null
    : { quota: quota.value, inUse: running.value[kind], name: quotaName(kind) };

/** The survey of an AWS account: all lookups at once, each with a time limit, and none of them fails the survey. */
export class AwsCapacitySurvey implements CapacitySurvey {
  readonly #stack: SurveyedStack;
  readonly #clients: SurveyClients;
  readonly #nowMillis: () => number;
  #last: { readonly atMillis: number; readonly facts: CapacityFacts } | undefined;

  constructor(stack: SurveyedStack, clients: SurveyClients, nowMillis: () => number = Date.now) {
    this.#stack = stack;
    this.#clients = clients;
    this.#nowMillis = nowMillis;
  }

  async survey(): Promise<CapacityFacts> {
    const atMillis = this.#nowMillis();
    if (this.#last !== undefined && atMillis - this.#last.atMillis < keepMillis) return this.#last.facts;
    const { quotas, ecs, ec2, ecr } = this.#clients;
    const { region, cluster, subnets, worker, image } = this.#stack;
    const [onDemand, spot, running, addresses, found] = await Promise.all([
      lookUp((signal) => readVcpuQuota(quotas, 'onDemand', signal)),
      lookUp((signal) => readVcpuQuota(quotas, 'spot', signal)),
      lookUp((signal) => readRunningVcpus(ecs, cluster, worker.vcpu, signal)),
      lookUp((signal) => readFreeAddresses(ec2, subnets, signal)),
      lookUp((signal) => readImage(ecr, region, image, signal)),
    ]);
    const facts: CapacityFacts = {
      ...this.#settled(),
      vcpus: { onDemand: quotaOf('onDemand', onDemand, running), spot: quotaOf('spot', spot, running) },
      freeAddresses: knownOf(addresses),
      image: found.kind === 'known' ? found.value : { ...found, reference: image },
      unknowns: [
        ...this.#settled().unknowns,
        ...unknownOf('How many on-demand vCPUs the account may run', onDemand),
        ...unknownOf('How many spot vCPUs the account may run', spot),
        ...unknownOf('How many vCPUs run in the cluster', running),
        ...unknownOf('How many addresses the subnets have left', addresses),
      ],
    };
    const complete = [onDemand, spot, running, addresses, found].every(({ kind }) => kind === 'known');
    if (complete) this.#last = { atMillis, facts };
    return facts;
  }

  /** What needs no call. */
  #settled(): Pick<CapacityFacts, 'worker' | 'price' | 'launch' | 'spot' | 'unknowns'> {
    const { region, worker, architecture, spot, pace } = this.#stack;
    const { price, known } = workerPrice(worker, region, architecture, pace);
    const unknowns = known
      ? []
      : [`What Fargate costs in ${region} is not known here: counted as in us-east-1.`];
    return { worker, price, launch: ecsBuckets.launch, spot, unknowns };
  }
}

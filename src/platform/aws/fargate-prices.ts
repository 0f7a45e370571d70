export type Architecture = 'ARM64' | 'X86_64';

/** US dollars for an hour of one vCPU and of one GiB. */
export interface FargatePrice {
  readonly vcpuHourUsd: number;
  readonly gibHourUsd: number;
}

/**
 * Linux on x86, without tax, as of November 2026 (https://aws.amazon.com/fargate/pricing/). Only regions whose price
 * was looked up are listed.
 */
const x86Prices: Readonly<Record<string, FargatePrice>> = {
  'us-east-1': { vcpuHourUsd: 0.04048, gibHourUsd: 0.004445 },
  'us-east-2': { vcpuHourUsd: 0.04048, gibHourUsd: 0.004445 },
  'us-west-2': { vcpuHourUsd: 0.04048, gibHourUsd: 0.004445 },
  'eu-west-1': { vcpuHourUsd: 0.04048, gibHourUsd: 0.004445 },
  'eu-central-1': { vcpuHourUsd: 0.04656, gibHourUsd: 0.00511 },
  'ap-northeast-1': { vcpuHourUsd: 0.05056, gibHourUsd: 0.00553 },
  'ap-southeast-1': { vcpuHourUsd: 0.05056, gibHourUsd: 0.00553 },
  'ap-southeast-2': { vcpuHourUsd: 0.04856, gibHourUsd: 0.00532 },
  'sa-east-1': { vcpuHourUsd: 0.0696, gibHourUsd: 0.0076 },
};

const standIn: FargatePrice = { vcpuHourUsd: 0.04048, gibHourUsd: 0.004445 };

/** ARM is 20 % cheaper in every region of that page: us-east-1 has $0.03238 and $0.00356. */
const armFactor = 0.8;

/** A region that isn't listed has the price of us-east-1, and `known` is false. */
export const fargatePrice = (
  region: string,
  architecture: Architecture,
): FargatePrice & { readonly known: boolean } => {
  const listed = Object.hasOwn(x86Prices, region) ? x86Prices[region] : undefined;
  const { vcpuHourUsd, gibHourUsd } = listed ?? standIn;
  const factor = architecture === 'ARM64' ? armFactor : 1;
  return {
    vcpuHourUsd: vcpuHourUsd * factor,
    gibHourUsd: gibHourUsd * factor,
    known: listed !== undefined,
  };
};

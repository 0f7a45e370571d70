import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  type ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import { classifyAwsFailure } from './aws-failure.ts';

const quotas = {
  onDemand: { code: 'L-3032A538', name: 'Fargate On-Demand vCPU resource count' },
  spot: { code: 'L-36FBB829', name: 'Fargate Spot vCPU resource count' },
} as const;

/** What the quota is called where it can be raised. */
export const quotaName = (kind: keyof typeof quotas): string =>
  `the Service Quota "${quotas[kind].name}" (${quotas[kind].code})`;

/** How many vCPUs the account may run at once in this region. An account that never had it changed has the default. */
export const readVcpuQuota = async (
  client: ServiceQuotasClient,
  kind: keyof typeof quotas,
  abortSignal: AbortSignal,
): Promise<number> => {
  const quota = { ServiceCode: 'fargate', QuotaCode: quotas[kind].code };
  const applied = await client
    .send(new GetServiceQuotaCommand(quota), { abortSignal })
    .catch((error: unknown) => {
      if (classifyAwsFailure(error).name === 'NoSuchResourceException') return undefined;
      throw error;
    });
  const { Quota } =
    applied ?? (await client.send(new GetAWSDefaultServiceQuotaCommand(quota), { abortSignal }));
  if (Quota?.Value === undefined) throw new Error('the answer has no value');
  return Quota.Value;
};

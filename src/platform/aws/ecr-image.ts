import { DescribeImagesCommand, type ECRClient } from '@aws-sdk/client-ecr';
import type { CapacityFacts } from '../ports/capacity-survey.ts';
import { classifyAwsFailure } from './aws-failure.ts';

const missing: ReadonlySet<string> = new Set(['ImageNotFoundException', 'RepositoryNotFoundException']);

export interface EcrReference {
  readonly account: string;
  readonly region: string;
  readonly repository: string;
  readonly image: { readonly imageTag: string } | { readonly imageDigest: string };
}

/** Both forms of a private registry's name: `<account>.dkr.ecr.<region>.amazonaws.com` and `<account>.dkr-ecr.<region>.on.aws`. */
const registry =
  /^(?<account>\d{12})\.(?:dkr\.ecr(?:-fips)?\.(?<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?|dkr-ecr(?:-fips)?\.(?<dualRegion>[a-z0-9-]+)\.on\.(?:aws|amazonwebservices\.com\.cn))\/(?<rest>.+)$/;
const named =
  /^(?<repository>[a-z0-9._/-]+?)(?::(?<tag>[\w][\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;

/** The parts of an image's name in a private ECR registry; undefined for any other. A digest counts more than a tag. */
export const parseEcrReference = (reference: string): EcrReference | undefined => {
  const { account, region, dualRegion, rest = '' } = registry.exec(reference)?.groups ?? {};
  const { repository, tag = 'latest', digest } = named.exec(rest)?.groups ?? {};
  const place = region ?? dualRegion;
  if (account === undefined || place === undefined || repository === undefined) return undefined;
  const image = digest === undefined ? { imageTag: tag } : { imageDigest: digest };
  return { account, region: place, repository, image };
};

/** Whether the image is there. Asks the registry of one region only; throws what the call throws. */
export const readImage = async (
  client: ECRClient,
  region: string,
  reference: string,
  abortSignal: AbortSignal,
): Promise<CapacityFacts['image']> => {
  const parsed = parseEcrReference(reference);
  if (parsed === undefined) return { kind: 'unknown', reference, reason: 'it is in no registry of ECR' };
  if (parsed.region !== region)
    return { kind: 'unknown', reference, reason: `it is in ${parsed.region}, and the stack in ${region}` };
  const { account: registryId, repository: repositoryName, image } = parsed;
  try {
    const command = new DescribeImagesCommand({ registryId, repositoryName, imageIds: [image] });
    const { imageDetails = [] } = await client.send(command, { abortSignal });
    return { kind: imageDetails.length > 0 ? 'found' : 'missing', reference };
  } catch (error) {
    if (missing.has(classifyAwsFailure(error).name)) return { kind: 'missing', reference };
    throw error;
  }
};

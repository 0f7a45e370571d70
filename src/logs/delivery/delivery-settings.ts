import { BadInputError } from '../../errors.ts';
import { type ContainerName, isEcsName } from '../layout/container-name.ts';

/** Where log records go, and how often a file of them is finished. */
export interface DeliverySettings {
  readonly bucket: string;
  readonly region: string;
  /** Uncompressed bytes at which a file is sent: 1 MB to 50 MB. A file is held in memory while it is sent. */
  readonly fileBytes?: number;
  /** Age in seconds at which a file is sent, whatever its size: 10 s to 1 h. */
  readonly uploadSeconds?: number;
  /** Of S3, such as `https://bucket.vpce-0123.s3.eu-central-1.vpce.amazonaws.com`, when it isn't the region's own. */
  readonly endpoint?: string;
}

export const defaultFileBytes = 20_000_000;
export const defaultUploadSeconds = 60;

/**
 * How often sending a file is tried again: for more than a day, because a quiet container's file is tried every 10 s. Fluent
 * Bit's own 5 tries are used up within a minute, and it takes `no_limits` for 5 as well. A file that is given up is never sent.
 */
export const deliveryRetries = 10_000;

/** Where each container's Fluent Bit keeps what is not in S3 yet: the mount of a volume, because it must be writable. */
export const bufferFolder = '/var/lib/log-buffer';

type CheckedSettings = DeliverySettings & Required<Pick<DeliverySettings, 'fileBytes' | 'uploadSeconds'>>;

/** Throws `BadInput` for the first setting that Fluent Bit, S3 or ECS would not take. */
export const checkedSettings = (settings: DeliverySettings): CheckedSettings => {
  const { fileBytes = defaultFileBytes, uploadSeconds = defaultUploadSeconds } = settings;
  const { bucket, region, endpoint } = settings;
  refuseUnless(
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket),
    `bucket ${JSON.stringify(bucket)} is no name of an S3 bucket: give 3 to 63 of a-z, 0-9, "-" and ".".`,
  );
  refuseUnless(
    /^[a-z]{2}(-[a-z]+)+-\d$/.test(region),
    `region ${JSON.stringify(region)} is no AWS region: give one such as "eu-central-1".`,
  );
  refuseUnless(
    Number.isInteger(fileBytes) && fileBytes >= 1_000_000 && fileBytes <= 50_000_000,
    `fileBytes ${fileBytes} must be a whole number from 1000000 to 50000000.`,
  );
  refuseUnless(
    Number.isInteger(uploadSeconds) && uploadSeconds >= 10 && uploadSeconds <= 3600,
    `uploadSeconds ${uploadSeconds} must be a whole number from 10 to 3600.`,
  );
  refuseUnless(
    endpoint === undefined || /^https?:\/\/[A-Za-z0-9.-]+(:\d+)?$/.test(endpoint),
    `endpoint ${JSON.stringify(endpoint)} is no address of S3: give a scheme and a host, without a path.`,
  );
  return { ...settings, fileBytes, uploadSeconds };
};

/** Throws `BadInput` for what ECS would not take as a name; so a name never ends a key, a tag or a line of configuration. */
export const checkedName = ({ family, container }: ContainerName): ContainerName => ({
  family: checkedEcsName('family', family),
  container: checkedEcsName('container', container),
});

export const checkedEcsName = (what: 'family' | 'container', name: string): string => {
  refuseUnless(
    isEcsName(name),
    `${what} ${JSON.stringify(name)} is no name in ECS: give 1 to 255 of letters, digits, "-" and "_".`,
  );
  return name;
};

export const refuseUnless = (holds: boolean, message: string): void => {
  if (!holds) throw new BadInputError(message);
};

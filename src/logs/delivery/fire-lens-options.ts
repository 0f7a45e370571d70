import { type ContainerName, logsPrefix } from '../layout/container-name.ts';
import {
  bufferFolder,
  checkedName,
  checkedSettings,
  type DeliverySettings,
  deliveryRetries,
} from './delivery-settings.ts';

/** The options of a container's `awsfirelens` log driver: ECS makes them a section of Fluent Bit's configuration. */
export interface FireLensOptions {
  readonly [option: string]: string;
}

/**
 * Sends a container's lines to its folder of the bucket. Family and container stand in the key as they are: the tag that
 * FireLens gives is split at dashes, which names have too. Throws `BadInput` for names or settings that can't be.
 */
export const fireLensOptions = (name: ContainerName, settings: DeliverySettings): FireLensOptions => {
  const { container } = checkedName(name);
  return {
    Name: 's3',
    ...s3Options(`/${logsPrefix(name)}year=%Y/month=%m/day=%d/%H%M%S-$UUID.gz`, settings),
    // Two outputs with one folder would each send what the other left there, under the wrong name.
    store_dir: `${bufferFolder}/${container}`,
  };
};

/** What every S3 output has. Without `$UUID` in the key a random ending is put behind its `.gz`, and readers go by that ending. */
export const s3Options = (keyFormat: string, settings: DeliverySettings): FireLensOptions => {
  const { bucket, region, fileBytes, uploadSeconds, endpoint } = checkedSettings(settings);
  return {
    bucket,
    region,
    s3_key_format: keyFormat,
    compression: 'gzip',
    use_put_object: 'On',
    total_file_size: String(fileBytes),
    upload_timeout: `${uploadSeconds}s`,
    json_date_key: 'time',
    json_date_format: 'iso8601',
    retry_limit: String(deliveryRetries),
    // Files that S3 refused wait on disk. Without this their records stay in memory, and each second tries all of them again.
    preserve_data_ordering: 'On',
    ...(endpoint === undefined ? {} : { endpoint }),
  };
};

import { stringify } from 'yaml';
import { logsRoot } from '../layout/container-name.ts';
import { bufferFolder, checkedEcsName, type DeliverySettings } from './delivery-settings.ts';
import { s3Options } from './fire-lens-options.ts';
import { shapeRecord, tagFields } from './shape-record.ts';

/** A service with one task on each EC2 instance, for all containers there whose log driver is `json-file`. */
export interface DaemonSettings extends DeliverySettings {
  /** The daemon's own family. Its own lines aren't sent: with S3 away, each failed try would make lines for the next one. */
  readonly family: string;
  /** Docker's folder of containers, as the daemon's task mounts it. */
  readonly containersFolder?: string;
  /** What is kept between two tasks: how far each file was read, and what isn't sent. A folder of the instance. */
  readonly stateFolder?: string;
  /** Where ECS's agent answers on the instance. */
  readonly agentPort?: number;
}

/**
 * A whole configuration of Fluent Bit, as YAML. Each record's tag has its family, container and day, so that it lands in the
 * folder of its own day, however late it is read or sent. Throws `BadInput` for settings that can't be.
 */
export const daemonConfig = (settings: DaemonSettings): string => {
  const { family, agentPort = 51678 } = settings;
  const { containersFolder = '/var/lib/docker/containers', stateFolder = bufferFolder } = settings;
  const tags = `${logsRoot.slice(0, -1)}.$family.$container.$day`;
  const key = `/${logsRoot}$TAG[1]/$TAG[2]/year=$TAG[3]/month=$TAG[4]/day=$TAG[5]/%H%M%S-$UUID.gz`;
  const document = {
    service: {
      flush: 1,
      grace: 30,
      log_level: 'warn',
      'storage.path': `${stateFolder}/chunks`,
      'storage.backlog.mem_limit': '16M',
      multiline_buffer_limit: '4M',
    },
    pipeline: {
      inputs: [
        {
          name: 'tail',
          path: `${containersFolder}/*/*-json.log`,
          tag: 'docker.<id>',
          tag_regex: '(?<id>[0-9a-f]{64})-json\\.log$',
          db: `${stateFolder}/positions.db`,
          read_from_head: true,
          refresh_interval: 5,
          // 16 KB of a line are 96 KB at most as JSON.
          buffer_chunk_size: '64K',
          buffer_max_size: '256K',
          'multiline.parser': 'docker',
          mem_buf_limit: '50M',
          'storage.type': 'filesystem',
        },
      ],
      filters: [
        {
          name: 'ecs',
          match: 'docker.*',
          ecs_tag_prefix: 'docker.',
          ecs_meta_port: agentPort,
          // Of a container that the agent doesn't know yet, or while the agent starts; 2 of them make an hour without names.
          agent_endpoint_retries: 1000,
          add: [
            'family $TaskDefinitionFamily',
            'revision $TaskDefinitionVersion',
            'container $ECSContainerName',
            'container_name $DockerContainerName',
            'ecs_cluster $ClusterName',
            'ecs_task_arn $TaskARN',
          ],
        },
        { name: 'aws', match: 'docker.*', imds_version: 'v2', az: false, ec2_instance_id: true },
        {
          name: 'lua',
          match: 'docker.*',
          call: 'shape',
          code: shapeRecord(checkedEcsName('family', family)),
        },
        {
          name: 'rewrite_tag',
          match: 'docker.*',
          rule: `$day ^[0-9.]+$ ${tags} false`,
          emitter_name: 'by_container',
          'emitter_storage.type': 'filesystem',
          emitter_mem_buf_limit: '50M',
        },
        { name: 'record_modifier', match: 'logs.*', remove_key: tagFields },
      ],
      outputs: [
        {
          name: 's3',
          match: 'logs.*',
          ...s3Options(key, settings),
          // Without store_dir_limit_size: after a restart with files left, 5.0.9 takes its store for full and sends nothing.
          store_dir: `${stateFolder}/files`,
        },
      ],
    },
  };
  return stringify(document, { blockQuote: 'literal', lineWidth: 0 });
};

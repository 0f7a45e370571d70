import { dayFolders, type UtcDay } from './utc-day.ts';

/** A container of a task definition's family: who wrote a log. Both names are ECS's: 1 to 255 of letters, digits, `-` and `_`. */
export interface ContainerName {
  readonly family: string;
  readonly container: string;
}

export const logsRoot = 'logs/';
export const compactedRoot = 'compacted/';

const namePattern = /^[A-Za-z0-9_-]{1,255}$/;

/** What ECS takes as the name of a family or a container. */
export const isEcsName = (name: string): boolean => namePattern.test(name);

/** `logs/shop/app/`. */
export const logsPrefix = ({ family, container }: ContainerName): string =>
  `${logsRoot}${family}/${container}/`;

/** `logs/shop/app/year=2026/month=11/day=21/`: what containers write. */
export const logsDayPrefix = (name: ContainerName, day: UtcDay): string =>
  `${logsPrefix(name)}${dayFolders(day)}`;

/** `compacted/shop/app/`. */
export const compactedPrefix = ({ family, container }: ContainerName): string =>
  `${compactedRoot}${family}/${container}/`;

/** `compacted/shop/app/year=2026/month=11/day=21/generation=000007/`: Parquet, written once and never changed. */
export const generationPrefix = (name: ContainerName, day: UtcDay, generation: number): string =>
  `${compactedPrefix(name)}${dayFolders(day)}generation=${String(generation).padStart(6, '0')}/`;

/** `shop/app`: how a container is written by people. */
export const containerText = ({ family, container }: ContainerName): string => `${family}/${container}`;

/** What `logs/shop/app/` is about. Undefined for folders that no container of ECS writes: such names go into no catalog. */
export const parseContainerFolder = (prefix: string): ContainerName | undefined => {
  const [, root, family, container] = /^(logs|compacted)\/([^/]+)\/([^/]+)\/$/.exec(prefix) ?? [];
  return root !== undefined &&
    family !== undefined &&
    container !== undefined &&
    isEcsName(family) &&
    isEcsName(container)
    ? { family, container }
    : undefined;
};

import { logsRoot } from '../layout/container-name.ts';
import { bufferFolder, checkedEcsName, type DeliverySettings, refuseUnless } from './delivery-settings.ts';
import { type FireLensOptions, fireLensOptions } from './fire-lens-options.ts';

/** AWS's build of Fluent Bit 5.0.9. Pinned: docs/log-delivery.md tells what that version does. */
export const fluentBitImage = 'public.ecr.aws/aws-observability/aws-for-fluent-bit:3.4.15';

export const routerName = 'log-router';
const bufferVolume = 'log-buffer';

/** The containers of a task definition whose lines are sent. */
export interface ShippedTask {
  readonly family: string;
  readonly containers: readonly string[];
}

/** What is added to a task definition (as `RegisterTaskDefinition` takes it): merge by container name. */
export interface TaskDefinitionSnippet {
  readonly family: string;
  readonly containerDefinitions: readonly (ShippedContainer | RouterContainer)[];
  readonly volumes: readonly { readonly name: string }[];
}

export interface ShippedContainer {
  readonly name: string;
  readonly dependsOn: readonly { readonly containerName: string; readonly condition: 'START' }[];
  readonly logConfiguration: { readonly logDriver: 'awsfirelens'; readonly options: FireLensOptions };
}

export interface RouterContainer {
  readonly name: string;
  readonly image: string;
  readonly essential: true;
  readonly user: string;
  readonly readonlyRootFilesystem: true;
  readonly memoryReservation: number;
  readonly stopTimeout: number;
  readonly mountPoints: readonly { readonly sourceVolume: string; readonly containerPath: string }[];
  readonly firelensConfiguration: {
    readonly type: 'fluentbit';
    readonly options: Readonly<Record<string, string>>;
  };
}

/**
 * The log router beside a task's containers, and what each of them needs. A container depends on the router's start; ECS stops
 * in the reverse order, so the router has their last lines. Throws `BadInput` for names or settings that can't be.
 */
export const taskDefinitionSnippet = (
  { family, containers }: ShippedTask,
  settings: DeliverySettings,
): TaskDefinitionSnippet => {
  for (const container of containers) refuseShadowed(container, containers);
  return {
    family,
    containerDefinitions: [
      ...containers.map(
        (container): ShippedContainer => ({
          name: container,
          dependsOn: [{ containerName: routerName, condition: 'START' }],
          logConfiguration: {
            logDriver: 'awsfirelens',
            options: fireLensOptions({ family, container }, settings),
          },
        }),
      ),
      router(containers.length),
    ],
    volumes: [{ name: bufferVolume }],
  };
};

const router = (containers: number): RouterContainer => ({
  name: routerName,
  image: fluentBitImage,
  essential: true,
  user: '0',
  readonlyRootFilesystem: true,
  // A file is held in memory while it is compressed and sent: 86 MB were the most for one busy container.
  memoryReservation: 64 + 64 * containers,
  stopTimeout: 120,
  mountPoints: [{ sourceVolume: bufferVolume, containerPath: bufferFolder }],
  firelensConfiguration: {
    type: 'fluentbit',
    options: { 'enable-ecs-log-metadata': 'true' },
  },
});

/** FireLens tells containers apart by `<name>-firelens*`. */
const refuseShadowed = (container: string, all: readonly string[]): void => {
  const shadow = all.find((other) => container.startsWith(`${other}-firelens`));
  refuseUnless(
    shadow === undefined,
    `container ${JSON.stringify(container)} would be sent as ${JSON.stringify(shadow)}, too: rename it, so that it doesn't begin with "${shadow}-firelens".`,
  );
  refuseUnless(
    container !== routerName && all.indexOf(container) === all.lastIndexOf(container),
    `container ${JSON.stringify(container)} is there twice: the log router is called ${JSON.stringify(routerName)}, and names are given once.`,
  );
};

/** For the task's role, which Fluent Bit has as well: nothing is read, listed or deleted. Throws `BadInput` for what can't be. */
export const deliveryStatement = (
  family: string,
  { bucket }: DeliverySettings,
): { readonly Effect: 'Allow'; readonly Action: 's3:PutObject'; readonly Resource: string } => ({
  Effect: 'Allow',
  Action: 's3:PutObject',
  Resource: `arn:aws:s3:::${bucket}/${logsRoot}${checkedEcsName('family', family)}/*`,
});

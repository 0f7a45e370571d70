import * as z from 'zod';
import { duration, mapping, whole } from '../../document/document-fields.ts';
import { cpuUnits, memoryMib, percent, positive, shortText } from './scaling-document-fields.ts';
import { floorsField } from './scaling-document-floors.ts';

const mostInstances = 10_000;
const instances = (from: number) =>
  whole(`a whole number of instances from ${from} to ${mostInstances}`, from, mostInstances);

const instanceTypeDocument = mapping('an instance type', {
  type: shortText('an instance type such as m6i.large', 50).describe('Its name: m6i.large.'),
  cpu: cpuUnits.describe('What it registers with ECS: units, 1024 a vCPU, or 2 vCPU.'),
  memory: memoryMib.describe('What it registers with ECS, which is less than it has: MiB, or 7.5 GiB.'),
  gpus: whole('a whole number from 0 to 16', 0, 16).prefault(0).describe('GPUs. Default: 0.'),
  taskEnis: whole('a whole number from 0 to 500', 0, 500)
    .describe('Network interfaces for tasks in awsvpc mode. Default: not known to be a limit.')
    .optional(),
  attributes: z
    .record(shortText('the name of an attribute', 128), shortText('the value of an attribute', 128), {
      error: 'a mapping of attribute names to values',
    })
    .prefault({})
    .describe('Attributes that placement constraints look at. Default: none.'),
  weight: positive('a weight above 0 and up to 1000, such as 2', 1000)
    .prefault(1)
    .describe("Units of the pool's capacity that one instance is. Default: 1."),
  price: positive('US dollars an hour, such as 0.096', 10_000)
    .describe('US dollars an hour; for the simulator.')
    .optional(),
});

export const poolDocument = mapping('a pool', {
  autoScalingGroup: shortText('the name of an Auto Scaling group', 255)
    .describe('The name of an Auto Scaling group.')
    .optional(),
  spotFleet: shortText('the id of a Spot Fleet request')
    .regex(/^sfr-[\w-]+$/, { error: 'the id of a Spot Fleet request, which begins with sfr-' })
    .describe('The id of a Spot Fleet request: sfr-….')
    .optional(),
  ec2Fleet: shortText('the id of an EC2 Fleet')
    .regex(/^fleet-[\w-]+$/, { error: 'the id of an EC2 Fleet, which begins with fleet-' })
    .describe('The id of an EC2 Fleet of type maintain: fleet-….')
    .optional(),
  share: z
    .number({ error: 'a share from 0 to 1000, such as 4' })
    .min(0, { error: 'a share from 0 to 1000, such as 4' })
    .max(1000, { error: 'a share from 0 to 1000, such as 4' })
    .prefault(1)
    .describe(
      'Its weight among the pools: 1 and 4 make a ratio of 1:4; 0 only gets what the others lack. Default: 1.',
    ),
  minimum: instances(0).prefault(0).describe('Instances it always has. Default: 0.'),
  maximum: instances(1).describe('Instances at most. Default: capacity.maximum.').optional(),
  instanceTypes: z
    .array(instanceTypeDocument, { error: 'a list of instance types' })
    .max(50, { error: 'at most 50 instance types' })
    .prefault([])
    .describe('What it launches. Default: learned from the instances it has.'),
});

export type PoolDocument = z.output<typeof poolDocument>;

const thresholdText = 'a number of percent from 1 to 100, such as 80%, or false';
const thresholdField = z.union([z.literal(false), percent(thresholdText, 1, 100)], { error: thresholdText });

const reservationDocument = mapping('reservation', {
  cpu: thresholdField.prefault('80%').describe('Of CPU; false when it does not count. Default: 80%.'),
  memory: thresholdField.prefault('80%').describe('Of memory; false when it does not count. Default: 80%.'),
});

const headroomDocument = mapping('headroom', {
  count: whole('a whole number of tasks from 1 to 1000', 1, 1000)
    .prefault(1)
    .describe('So many tasks of this size must find room. Default: 1.'),
  cpu: cpuUnits.describe('CPU of one: units, 1024 a vCPU, or 0.5 vCPU.'),
  memory: memoryMib.describe('Memory of one: MiB, or 2 GiB.'),
});

const scaleInDocument = mapping('scale-in', {
  unneededFor: duration('a duration from 1m to 24h, such as 10m', 60, 24 * 3600)
    .prefault('10m')
    .describe('An instance must have been unneeded for so long. Default: 10m.'),
  afterOut: duration('a duration from 0s to 24h, such as 10m', 0, 24 * 3600)
    .prefault('10m')
    .describe('Nothing is removed so soon after something was added. Default: 10m.'),
  mostAtOnce: whole('a whole number of instances from 1 to 100', 1, 100)
    .prefault(3)
    .describe('Instances that are drained at the same time. Default: 3.'),
  margin: percent('a share from 0% to 90%, such as 10%', 0, 90)
    .prefault('10%')
    .describe(
      'After a removal reservation must stay below its threshold by so much of the threshold. Default: 10%.',
    ),
});

export const capacityDocument = mapping('capacity', {
  minimum: instances(0)
    .describe('Instances of all pools together, at least. Default: the sum of the minimums of the pools.')
    .optional(),
  maximum: instances(1)
    .describe('Instances of all pools together, at most. Default: the sum of the maximums of the pools.')
    .optional(),
  reservation: reservationDocument
    .prefault({})
    .describe('Instances are added when more than this is reserved by tasks.'),
  headroom: z
    .array(headroomDocument, { error: 'a list of tasks such as [{ count: 2, cpu: 512, memory: 1024 }]' })
    .max(20, { error: 'at most 20 of them' })
    .prefault([])
    .describe('Room that is kept free for whatever comes. Default: none.'),
  unplacedGrace: duration('a duration from 0s to 1h, such as 60s', 0, 3600)
    .prefault('60s')
    .describe('A service must want more tasks than it has for so long. Default: 60s.'),
  requestExpiry: duration('a duration from 1m to 1h, such as 10m', 60, 3600)
    .prefault('10m')
    .describe('A message of a task that could not be placed counts for so long. Default: 10m.'),
  bootTime: duration('a duration from 10s to 1h, such as 5m', 10, 3600)
    .prefault('5m')
    .describe('Capacity ordered longer ago is not believed to be on its way. Default: 5m.'),
  floors: floorsField('instances', mostInstances),
  scaleIn: z
    .union([z.literal(false), scaleInDocument], { error: 'a mapping with settings of scale-in, or false' })
    .prefault({})
    .describe('When instances are removed; false: never.'),
});

export type CapacityDocument = z.output<typeof capacityDocument>;

import * as z from 'zod';
import { duration, flag, mapping } from '../../document/document-fields.ts';
import { capacityDocument, poolDocument } from './scaling-document-capacity.ts';
import { named, nameField } from './scaling-document-fields.ts';
import { serviceDocument } from './scaling-document-services.ts';
import { simulationDocument } from './scaling-document-simulation.ts';

/** A schedule can't come more often than each minute; what is shorter is the fast tick's, which fits a minute. */
const isInterval = (seconds: number): boolean =>
  Number.isInteger(seconds) && (seconds <= 50 || seconds % 60 === 0);

/** What may be written in a scaling policy. Its output holds the compiled policy's units. */
export const scalingDocument = mapping('a scaling policy', {
  version: z
    .literal(1, { error: '1, the version of this format' })
    .describe('The version of this format: 1.'),
  cluster: nameField('the name of an ECS cluster').describe('The name of the ECS cluster.'),
  every: duration('10s to 50s, or whole minutes from 1m to 15m', 10, 900, isInterval)
    .prefault('1m')
    .describe('How often it is decided: 10s to 50s, or whole minutes from 1m to 15m. Default: 1m.'),
  paused: flag('whether nothing is decided')
    .prefault(false)
    .describe('true: nothing is decided. Default: false.'),
  dryRun: flag('whether nothing is carried out')
    .prefault(false)
    .describe('true: everything is decided and logged, and nothing carried out. Default: false.'),
  pools: named('a pool', poolDocument, 50)
    .prefault({})
    .describe('What launches instances, by a name that you give. Without pools no instance is touched.'),
  capacity: capacityDocument.describe('How many instances the pools have together.').optional(),
  services: named('a service', serviceDocument, 5000)
    .prefault({})
    .describe('How many tasks services have, by the name of the service.'),
  simulation: simulationDocument
    .prefault({})
    .describe('The world in which `stormdrain scaling simulate` tries the policy. Ticks ignore it.'),
});

import * as z from 'zod';
import { duration, mapping } from '../../document/document-fields.ts';
import { cpuUnits, durationRange, memoryMib, named, positive } from './scaling-document-fields.ts';

export const serviceHintsDocument = mapping('a simulated service', {
  requestsPerSecondPerTask: positive('requests a second above 0, such as 100', 1e6)
    .prefault(100)
    .describe('What one task can serve; its CPU is full then. Default: 100.'),
  start: duration('a duration from 0s to 1h, such as 10s', 0, 3600)
    .prefault('10s')
    .describe('From being placed until it serves. Default: 10s.'),
  imagePull: duration('a duration from 0s to 1h, such as 20s', 0, 3600)
    .prefault('20s')
    .describe('The first time on an instance. Default: 20s.'),
  stop: duration('a duration from 0s to 1h, such as 30s', 0, 3600)
    .prefault('30s')
    .describe('From being told to stop until it is gone. Default: 30s.'),
  cpu: cpuUnits.prefault(256).describe('CPU of a task: units, 1024 a vCPU. Default: 256.'),
  memory: memoryMib.prefault(512).describe('Memory of a task: MiB. Default: 512.'),
  overload: z
    .enum(['refuses', 'queues'], { error: 'one of refuses, queues' })
    .describe(
      'refuses: what it can not serve is dropped. queues: it waits. Default: queues with queueDepth, else refuses.',
    )
    .optional(),
});

export type ServiceHintsDocument = z.output<typeof serviceHintsDocument>;

const oftenText = 'a number an hour from 0 to 100, such as 0.05';

export const simulationDocument = mapping('a simulation', {
  bootTime: durationRange('a duration of up to 1h, such as 2m, or 90s to 150s', 3600)
    .prefault('90s to 150s')
    .describe('From an instance being ordered until tasks are placed on it. Default: 90s to 150s.'),
  metricDelay: duration('a duration from 0s to 15m, such as 60s', 0, 900)
    .prefault('60s')
    .describe('From the end of a period until its reading can be had. Default: 60s.'),
  interruptionsPerHour: named(
    'a pool',
    z.number({ error: oftenText }).min(0, { error: oftenText }).max(100, { error: oftenText }),
    50,
  )
    .prefault({})
    .describe('By pool: how often each instance is taken back. Default: 0.05 of a Spot Fleet, else 0.'),
  services: named('a service', serviceHintsDocument, 5000).prefault({}).describe('By service.'),
});

export type SimulationDocument = z.output<typeof simulationDocument>;

import * as z from 'zod/mini';
import type { DrainTarget, DrainTask, Failure } from './drain-state.ts';

const offset = z.nullable(z.number());

/** Group's place, id's place, port, then when it was tried, asked, unlisted, verified, done, restored; and what was in flight. */
const packedTarget = z.tuple([
  z.number(),
  z.number(),
  z.number(),
  offset,
  offset,
  offset,
  offset,
  offset,
  offset,
  z.nullable(z.number()),
]);

const packedFailure = z.object({
  reason: z.string(),
  sinceMillis: z.number(),
  atMillis: z.number(),
  times: z.number(),
});

/** A task in few bytes: names by their place in a table, instants as milliseconds after its drain was first heard of. */
export const packedTask = z.object({
  arn: z.string(),
  /** Places of the task definition and the service. */
  of: z.tuple([z.number(), z.nullable(z.number())]),
  /** Bit 0: DAEMON; bit 1: SIGTERM was sent. */
  is: z.number(),
  /** When it was seen, looked at, asked to stop, seen to have stopped, stopped. */
  at: z.tuple([z.number(), z.number(), offset, offset, offset]),
  to: z.nullable(z.array(packedTarget)),
  failure: z.optional(packedFailure),
});

type PackedTask = z.infer<typeof packedTask>;
type PackedTarget = z.infer<typeof packedTarget>;

export interface TaskPlaces {
  placeOf(name: string): number;
}

export interface TaskNames {
  nameAt(place: number): string;
}

const after = (origin: number, atMillis: number | undefined): number | null =>
  atMillis === undefined ? null : atMillis - origin;

const packTarget = (target: DrainTarget, { placeOf }: TaskPlaces, origin: number): PackedTarget => [
  placeOf(target.group),
  placeOf(target.id),
  target.port,
  after(origin, target.triedAtMillis),
  after(origin, target.askedAtMillis),
  after(origin, target.unlistedAtMillis),
  after(origin, target.verifiedAtMillis),
  after(origin, target.doneAtMillis),
  after(origin, target.restoredAtMillis),
  target.inFlight ?? null,
];

export const packTask = (task: DrainTask, places: TaskPlaces, origin: number): PackedTask => ({
  arn: task.taskArn,
  of: [places.placeOf(task.definition), task.service === null ? null : places.placeOf(task.service)],
  is: (task.isDaemon ? 1 : 0) + (task.isStopping ? 2 : 0),
  at: [
    task.seenAtMillis - origin,
    task.lookedAtMillis - origin,
    after(origin, task.stopAskedAtMillis),
    after(origin, task.stoppedAtMillis),
    after(origin, task.endedAtMillis),
  ],
  to: task.targets?.map((target) => packTarget(target, places, origin)) ?? null,
  ...(task.failure === undefined ? {} : { failure: task.failure }),
});

const unpackTarget = (packed: PackedTarget, { nameAt }: TaskNames, origin: number): DrainTarget => {
  const [group, id, port, tried, asked, unlisted, verified, done, restored, inFlight] = packed;
  return {
    group: nameAt(group),
    id: nameAt(id),
    port,
    ...(tried === null ? {} : { triedAtMillis: origin + tried }),
    ...(asked === null ? {} : { askedAtMillis: origin + asked }),
    ...(unlisted === null ? {} : { unlistedAtMillis: origin + unlisted }),
    ...(verified === null ? {} : { verifiedAtMillis: origin + verified }),
    ...(done === null ? {} : { doneAtMillis: origin + done }),
    ...(restored === null ? {} : { restoredAtMillis: origin + restored }),
    ...(inFlight === null ? {} : { inFlight }),
  };
};

export const unpackTask = (packed: PackedTask, names: TaskNames, origin: number): DrainTask => {
  const [seen, looked, stopAsked, stopped, ended] = packed.at;
  const [definition, service] = packed.of;
  const failure: Failure | undefined = packed.failure;
  return {
    taskArn: packed.arn,
    definition: names.nameAt(definition),
    service: service === null ? null : names.nameAt(service),
    isDaemon: (packed.is & 1) !== 0,
    targets: packed.to?.map((target) => unpackTarget(target, names, origin)) ?? null,
    seenAtMillis: origin + seen,
    lookedAtMillis: origin + looked,
    isStopping: (packed.is & 2) !== 0,
    ...(stopAsked === null ? {} : { stopAskedAtMillis: origin + stopAsked }),
    ...(stopped === null ? {} : { stoppedAtMillis: origin + stopped }),
    ...(ended === null ? {} : { endedAtMillis: origin + ended }),
    ...(failure === undefined ? {} : { failure }),
  };
};

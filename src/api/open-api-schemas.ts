import * as z from 'zod';
import { planDocument } from '../plan/plan-document.ts';
import {
  clusterCheckAnswer,
  drainAcceptedAnswer,
  drainDocument,
  drainListAnswer,
  drainListEntryDocument,
  drainNoticeDocument,
  drainRequest,
  drainRiskDocument,
  requestedDrainAnswer,
  taskStopAnswer,
  taskStopRequest,
} from './documents/drains.ts';
import { latencyDocument } from './documents/fields.ts';
import {
  catalogUpdateAnswer,
  logTableDocument,
  logTableListAnswer,
  queryAnswer,
  queryRequest,
  startedQueryAnswer,
} from './documents/logs.ts';
import { planProblemDocument, problemDocument } from './documents/problem.ts';
import { progressDocument } from './documents/progress.ts';
import {
  acceptedAnswer,
  changeRequest,
  runAnswer,
  runListAnswer,
  runListEntryDocument,
  stopRequest,
} from './documents/runs.ts';
import {
  appliedPolicyAnswer,
  decisionDocument,
  decisionListAnswer,
  pauseRequest,
  policyListAnswer,
  policyRequest,
  policyStandingDocument,
  scalingPolicyDocument,
} from './documents/scaling.ts';
import { scheduleDocument, scheduleListAnswer, scheduleRequest } from './documents/schedules.ts';
import {
  planCheckAnswer,
  preflightDocument,
  startedAnswer,
  submissionRequest,
} from './documents/submission.ts';
import { summaryDocument } from './documents/summary.ts';
import { timelineAnswer, timelineRowDocument } from './documents/timeline.ts';
import { uploadAnswer, uploadRequest, uploadTicketDocument } from './documents/uploads.ts';
import { openApiShape } from './open-api-document.ts';

export type Json = { readonly [key: string]: unknown };

const documents: Readonly<Record<string, z.core.$ZodType>> = {
  PlanDocument: planDocument,
  Submission: submissionRequest,
  StartedRun: startedAnswer,
  PlanCheck: planCheckAnswer,
  Preflight: preflightDocument,
  RunList: runListAnswer,
  RunListEntry: runListEntryDocument,
  Run: runAnswer,
  RunProgress: progressDocument,
  RunSummary: summaryDocument,
  Latency: latencyDocument,
  Timeline: timelineAnswer,
  TimelineRow: timelineRowDocument,
  StopRequest: stopRequest,
  ChangeRequest: changeRequest,
  Accepted: acceptedAnswer,
  UploadRequest: uploadRequest,
  Upload: uploadAnswer,
  UploadTicket: uploadTicketDocument,
  ScheduleRequest: scheduleRequest,
  Schedule: scheduleDocument,
  ScheduleList: scheduleListAnswer,
  DrainRequest: drainRequest,
  RequestedDrain: requestedDrainAnswer,
  DrainList: drainListAnswer,
  DrainListEntry: drainListEntryDocument,
  Drain: drainDocument,
  DrainNotice: drainNoticeDocument,
  DrainAccepted: drainAcceptedAnswer,
  ClusterCheck: clusterCheckAnswer,
  DrainRisk: drainRiskDocument,
  TaskStopRequest: taskStopRequest,
  TaskStopStep: taskStopAnswer,
  PolicyRequest: policyRequest,
  AppliedPolicy: appliedPolicyAnswer,
  PolicyList: policyListAnswer,
  PolicyStanding: policyStandingDocument,
  ScalingPolicy: scalingPolicyDocument,
  PauseRequest: pauseRequest,
  DecisionList: decisionListAnswer,
  Decision: decisionDocument,
  QueryRequest: queryRequest,
  StartedQuery: startedQueryAnswer,
  QueryAnswer: queryAnswer,
  LogTableList: logTableListAnswer,
  LogTable: logTableDocument,
  CatalogUpdate: catalogUpdateAnswer,
  OpenApi: openApiShape,
  Problem: problemDocument,
  PlanProblem: planProblemDocument,
};

const names = new Map(Object.entries(documents).map(([name, schema]) => [schema, name]));
const prefix = '#/components/schemas/';

/** A reference to a document by its name. Throws for a schema that has none. */
export const referenceTo = (schema: z.core.$ZodType): Json => {
  const name = names.get(schema);
  if (name === undefined) throw new Error('a schema of a route has no name in src/api/open-api-schemas.ts');
  return { $ref: `${prefix}${name}` };
};

/** What stands where it is; where it lies is said by whoever refers to it. */
const withoutOwnPlace = ({ $schema, $id, id, ...schema }: Json): Json => schema;

const sharedName = (name: string): string => `Plan${name[0]?.toUpperCase()}${name.slice(1)}`;

/** What several schemas share is put by zod into one more, `__shared`; here each of it is a schema of its own. */
const placeShared = (schemas: Json): Json => {
  const { __shared, ...rest } = schemas as Record<string, Json>;
  const shared = Object.entries((__shared?.$defs ?? {}) as Record<string, Json>);
  const all = Object.fromEntries([
    ...Object.entries(rest).map(([name, schema]) => [name, withoutOwnPlace(schema)]),
    ...shared.map(([name, schema]) => [sharedName(name), withoutOwnPlace(schema)]),
  ]);
  const references = /#\/components\/schemas\/__shared#\/\$defs\/(\w+)/g;
  return JSON.parse(
    JSON.stringify(all).replace(references, (_, name: string) => `${prefix}${sharedName(name)}`),
  );
};

/** Where a plan is posted as an object, it is a plan document. */
const namePlans = (schemas: Record<string, { properties: Record<string, unknown> }>): Json => {
  for (const name of ['Submission', 'ScheduleRequest']) {
    const properties = schemas[name]?.properties;
    if (properties === undefined) continue;
    const [text] = (properties.plan as { anyOf: readonly unknown[] }).anyOf;
    properties.plan = { anyOf: [text, { $ref: `${prefix}PlanDocument` }] };
  }
  return schemas;
};

/** `components.schemas`: every document, as it may be sent. */
export const componentSchemas = (): Json => {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(documents)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io: 'input',
    target: 'draft-2020-12',
    uri: (id) => `${prefix}${id}`,
  });
  return namePlans(placeShared(schemas as Json) as Parameters<typeof namePlans>[0]);
};

/** Parameters of a part of the request, each with its schema. */
export const parametersOf = (
  place: 'path' | 'query' | 'header',
  schema: z.core.$ZodType,
): readonly Json[] => {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' });
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
};

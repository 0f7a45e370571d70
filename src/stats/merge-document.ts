import type { BucketCounts } from './decode-counts.ts';
import { decodeGenerator, mergeGenerator } from './generator-tally.ts';
import { readCounts } from './latency-histogram.ts';
import { addCounts, endScenario } from './merge-tally.ts';
import {
  countDrops,
  countError,
  emptyTally,
  generatorOf,
  rowOf,
  type SecondTally,
  stepOf,
  type Tally,
} from './tally.ts';
import type { SecondDocument, TallyDocument } from './tally-document.ts';

/**
 * Adds a stored tally to one: what decoding and `mergeTally` would give, without the histograms in between, which are
 * most of the work. Throws `DocumentInvalid` before anything was added.
 */
export const mergeDocument = (into: Tally, document: TallyDocument): void => {
  const rows = [...document.seconds, ...document.warmup].map(readRow);
  const steps = document.steps.map((step) => ({
    ...step,
    response: readCounts(step.response, 3),
    service: readCounts(step.service, 3),
    failedResponse: readCounts(step.failedResponse, 3),
  }));
  const sendLag = readCounts(document.sendLag, 3);
  const connect = readCounts(document.connect, 3);

  for (const [index, row] of rows.entries())
    addRow(index < document.seconds.length ? into.seconds : into.warmup, row);
  for (const { name, completed, failed, response, service, failedResponse } of steps) {
    const step = stepOf(into, name);
    step.completed += completed;
    step.failed += failed;
    step.response.addCounts(response);
    step.service.addCounts(service);
    step.failedResponse.addCounts(failedResponse);
  }
  into.sendLag.addCounts(sendLag);
  into.connect.addCounts(connect);
  for (const error of document.errors) countError(into, error.kind, error.step, error.count, error.example);
  for (const drop of document.drops) countDrops(into, drop.reason, drop.count);
  into.duplicated += document.duplicated;
  for (const generator of document.generators)
    mergeGenerator(generatorOf(into, generator.worker), decodeGenerator(generator));
  for (const { scenario, reason } of document.endedScenarios) endScenario(into, scenario, reason);
};

export const decodeTally = (document: TallyDocument): Tally => {
  const tally = emptyTally();
  mergeDocument(tally, document);
  return tally;
};

/** Adds stored rows, as `mergeSeconds` does decoded ones. */
export const mergeRows = (into: Map<number, SecondTally>, documents: readonly SecondDocument[]): void => {
  for (const document of documents) addRow(into, readRow(document));
};

interface ReadRow {
  readonly document: SecondDocument;
  readonly response: BucketCounts;
  readonly service: BucketCounts;
}

const readRow = (document: SecondDocument): ReadRow => ({
  document,
  response: readCounts(document.response, 2),
  service: readCounts(document.service, 2),
});

const addRow = (rows: Map<number, SecondTally>, { document, response, service }: ReadRow): void => {
  const row = rowOf(rows, document.second);
  addCounts(row, document, document.steps);
  row.response.addCounts(response);
  row.service.addCounts(service);
};

import { AthenaClient } from '@aws-sdk/client-athena';
import { GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { AskingSettings } from '../../logs/asking/asking-settings.ts';
import { begunCatalogUpdate } from '../../logs/asking/catalog-update.ts';
import { storedQueryBook } from '../../logs/asking/query-book.ts';
import { athenaUsdPerTerabyte } from '../../logs/asking/query-price.ts';
import type { AskingPorts, CatalogPorts } from '../../logs/logs-ports.ts';
import { salvageObject } from '../../logs/salvage/salvage-object.ts';
import { readRunTimes } from '../../run/read-run-times.ts';
import { AthenaSql } from './athena-sql.ts';
import { awsClientOptions } from './aws-client-options.ts';
import { pacedTime } from './compose-pace.ts';
import { logsApiEnvironment, logsEnvironment, readEnvironment } from './environment.ts';
import { GlueCatalog } from './glue-catalog.ts';
import { once } from './once.ts';
import { S3Store } from './s3-store.ts';
import { startCatalogUpdate } from './start-catalog-update.ts';

/** The composition root of the functions that keep the catalog and compact logs. Importing this builds nothing. */
export const logsPlatform = /* @__PURE__ */ once((): { readonly ports: CatalogPorts } => {
  const environment = readEnvironment(logsEnvironment);
  return {
    ports: {
      ...composeCatalog(environment.STORMDRAIN_BUCKET, environment.STORMDRAIN_LOGS_DATABASE),
      defaults: {
        mode: environment.STORMDRAIN_LOGS_MODE,
        retentionDays: environment.STORMDRAIN_LOGS_RETENTION_DAYS,
        compact: environment.STORMDRAIN_LOGS_COMPACT === 'on',
      },
    },
  };
});

/** A Lambda answers with six million bytes at most, and a gateway waits for it 30 s. */
const mostPageBytes = 4_000_000;

/** The composition root of the function that asks. */
export const logsApiPlatform = /* @__PURE__ */ once(
  (): { readonly ports: AskingPorts; readonly settings: AskingSettings } => {
    const environment = readEnvironment(logsApiEnvironment);
    const catalog = composeCatalog(environment.STORMDRAIN_BUCKET, environment.STORMDRAIN_LOGS_DATABASE);
    const { store, time } = catalog;
    const athena = new AthenaClient(awsClientOptions({ requestSeconds: 10 }));
    const stepFunctions = new SFNClient(awsClientOptions({ requestSeconds: 5 }));
    return {
      ports: {
        ...catalog,
        sql: new AthenaSql(athena, {
          workGroup: environment.STORMDRAIN_QUERY_WORK_GROUP,
          database: environment.STORMDRAIN_LOGS_DATABASE,
        }),
        runTimes: (runId) => readRunTimes(store, runId, time.nowMillis()),
      },
      settings: {
        usdPerTerabyte: athenaUsdPerTerabyte,
        maxScanBytes: environment.STORMDRAIN_QUERY_SCAN_LIMIT_BYTES,
        mostPageBytes,
        book: storedQueryBook(store),
        async updateCatalog() {
          const machine = environment.STORMDRAIN_UPDATE_PARTITIONS_MACHINE_ARN;
          await startCatalogUpdate(stepFunctions, machine, time.nowMillis());
          return begunCatalogUpdate;
        },
        async salvage(key) {
          const { kind } = await salvageObject(catalog, key);
          return kind === 'salvaged' || kind === 'missing';
        },
      },
    };
  },
);

/** A listing of a thousand objects may take its time. */
const composeCatalog = (bucket: string, database: string): Omit<CatalogPorts, 'defaults'> => {
  const store = new S3Store(new S3Client(awsClientOptions({ requestSeconds: 20, attempts: 5 })), bucket);
  const glue = new GlueClient(awsClientOptions({ requestSeconds: 20, attempts: 5 }));
  return {
    store,
    listing: store,
    catalog: new GlueCatalog(glue, database),
    time: pacedTime,
    random: Math.random,
  };
};

import { readJsonIfChanged, type Stored, writeJson } from '../../store/stored-json.ts';
import type { DrainPorts } from '../drain-ports.ts';
import { type LeavingDocument, leavingDocument, leavingKey } from '../leaving/leaving-document.ts';
import { updateLeaving } from '../leaving/update-leaving.ts';
import { writeProgress } from './drain-progress.ts';
import type { DrainSession } from './drain-session.ts';
import { isToBeDrained, joinLeaving } from './join-leaving.ts';
import { recordReplaced } from './record-replaced.ts';

const leaseMillis = 60_000;
const renewMillis = 20_000;
const writeMillis = 2_000;
const readMillis = 1_000;
/** News come in crowds: right after some, more are looked for sooner. */
const crowdMillis = 4_000;

const newestHeard = ({ instances }: LeavingDocument): number =>
  Object.values(instances).reduce((newest, { heardAtMillis }) => Math.max(newest, heardAtMillis), 0);

/** Whoever else writes the progress is another step of the same coordinator, or of the next one. */
export class Beaten extends Error {}

/** The two documents of a cluster's coordinator, as one of its steps reads and writes them. */
export class StepDocuments {
  readonly #ports: DrainPorts;
  readonly #input: { readonly cluster: string; readonly generation: number };
  leaving: Stored<LeavingDocument>;
  progressEtag: string | undefined;
  #readAt: number;
  #wroteAt: number;

  constructor(
    ports: DrainPorts,
    input: { readonly cluster: string; readonly generation: number },
    leaving: Stored<LeavingDocument>,
    progressEtag: string | undefined,
  ) {
    this.#ports = ports;
    this.#input = input;
    this.leaving = leaving;
    this.progressEtag = progressEtag;
    this.#readAt = ports.time.nowMillis();
    this.#wroteAt = this.#readAt;
  }

  /** News are taken in and the lease is renewed; false when another generation has begun. */
  async refresh(session: DrainSession): Promise<boolean> {
    const isCrowd = session.now() - newestHeard(this.leaving.value) < crowdMillis;
    if (session.now() - this.#readAt < (isCrowd ? 0 : readMillis)) return this.#isOwn();
    this.#readAt = session.now();
    await this.reread();
    if (!this.#isOwn()) return false;
    await this.renewInTime();
    await recordReplaced(session, session.state, this.leaving.value);
    session.fold((state) => joinLeaving(state, this.leaving.value, session.now()));
    return true;
  }

  async reread(): Promise<void> {
    const key = leavingKey(this.#input.cluster);
    const read = await readJsonIfChanged(this.#ports.store, key, leavingDocument, this.leaving.etag);
    if (read !== 'unchanged' && read !== undefined) this.leaving = read;
  }

  async renewInTime(): Promise<void> {
    const leftMillis = this.leaving.value.leasedUntilMillis - this.#ports.time.nowMillis();
    if (leftMillis < leaseMillis - renewMillis) await this.renew();
  }

  async renew(): Promise<void> {
    const { generation, cluster } = this.#input;
    const leasedUntilMillis = this.#ports.time.nowMillis() + leaseMillis;
    await updateLeaving(this.#ports, cluster, (document) => {
      const now = document ?? this.leaving.value;
      return now.generation === generation ? { ...now, leasedUntilMillis } : now;
    });
    await this.reread();
  }

  async save(session: DrainSession, isForced: boolean): Promise<void> {
    if (!isForced && session.now() - this.#wroteAt < writeMillis) return;
    if (!session.takeDirty()) return;
    this.#wroteAt = session.now();
    const condition =
      this.progressEtag === undefined ? ({ ifAbsent: true } as const) : { ifMatch: this.progressEtag };
    const put = await writeProgress(this.#ports.store, session.cluster, session.state, condition);
    if (put.kind === 'conflict') throw new Beaten();
    this.progressEtag = put.etag;
  }

  /** Gives the lease up; false when news were merged since the document was read. */
  async giveUp(): Promise<boolean> {
    const { value, etag } = this.leaving;
    const given = { ...value, leasedUntilMillis: 0 };
    const put = await writeJson(this.#ports.store, leavingKey(value.cluster), given, { ifMatch: etag });
    return put.kind === 'written';
  }

  hasWork(): boolean {
    return Object.values(this.leaving.value.instances).some(isToBeDrained);
  }

  #isOwn(): boolean {
    return this.leaving.value.generation === this.#input.generation;
  }
}

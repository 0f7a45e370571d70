import type { ObjectStore } from '../ports/object-store.ts';
import type { Capacity, WorkerPlace } from '../ports/worker-fleet.ts';
import {
  encodePlaces,
  type PlacesDocument,
  parsePlaces,
  placeName,
  placesKey,
  placesPrefix,
} from './places-document.ts';

export interface PlacedTask extends WorkerPlace {
  readonly taskArn: string;
  readonly capacity: Capacity;
}

const readsAtOnce = 16;

/** The places of one run's tasks, as far as they have been read: the documents never change, so each is read once. */
export class RunPlaces {
  readonly #store: ObjectStore;
  readonly #runId: string;
  readonly #documents = new Map<string, PlacesDocument>();
  readonly #byPlace = new Map<string, PlacedTask>();

  constructor(store: ObjectStore, runId: string) {
    this.#store = store;
    this.#runId = runId;
  }

  /** Reads what was written since the last time. */
  async refresh(): Promise<void> {
    const fresh: string[] = [];
    for await (const key of this.#store.list(placesPrefix(this.#runId)))
      if (!this.#documents.has(key)) fresh.push(key);
    for (let from = 0; from < fresh.length; from += readsAtOnce)
      await Promise.all(fresh.slice(from, from + readsAtOnce).map((key) => this.#read(key)));
  }

  tasks(): readonly PlacedTask[] {
    return [...this.#byPlace.values()];
  }

  taskAt(place: WorkerPlace): PlacedTask | undefined {
    return this.#byPlace.get(placeName(place));
  }

  /** What the calls for a group came to, in order. */
  callsFor(group: string): readonly PlacesDocument[] {
    const found: PlacesDocument[] = [];
    for (;;) {
      const document = this.#documents.get(placesKey(this.#runId, group, found.length));
      if (document === undefined) return found;
      found.push(document);
    }
  }

  /** Writes what a call came to, unless somebody else has: gives what counts. */
  async record(key: string, document: PlacesDocument): Promise<PlacesDocument> {
    const put = await this.#store.put(key, encodePlaces(document), { ifAbsent: true });
    if (put.kind === 'conflict') await this.#read(key);
    else this.#note(key, document);
    return this.#documents.get(key) ?? document;
  }

  async #read(key: string): Promise<void> {
    const got = await this.#store.get(key);
    if (got.kind === 'found') this.#note(key, parsePlaces(key, got.body));
  }

  #note(key: string, document: PlacesDocument): void {
    this.#documents.set(key, document);
    for (const [taskArn, { shard, attempt }] of Object.entries(document.places)) {
      const task = { shard, attempt, taskArn, capacity: document.capacity };
      // Should two documents name one place, everybody takes the same of the two for the place's worker.
      const known = this.#byPlace.get(placeName(task));
      if (known === undefined || taskArn < known.taskArn) this.#byPlace.set(placeName(task), task);
    }
  }
}

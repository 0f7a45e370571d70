import { setImmediate as turn } from 'node:timers/promises';
import { MemoryStore } from '../../../src/platform/local/memory-store.ts';
import type { DeadLetter } from '../../../src/platform/ports/dead-letters.ts';
import type { DrainRequested } from '../../../src/platform/ports/drain-api.ts';
import type { StormdrainEvent } from '../../../src/platform/ports/event-sink.ts';
import type { DecisionRow } from '../../../src/scaling/decisions/decision-row.ts';
import { readDecisions } from '../../../src/scaling/decisions/read-decisions.ts';
import type { WantedPorts } from '../../../src/scaling/demands/capacity-wanted.ts';
import type { ScalingPolicy } from '../../../src/scaling/policy/scaling-policy.ts';
import { policyKey, type StoredPolicy } from '../../../src/scaling/policy-store/stored-policy.ts';
import { memoryKey, type ScalingMemory } from '../../../src/scaling/scaling-memory.ts';
import { writeJson } from '../../../src/store/stored-json.ts';
import { aPolicy } from './a-policy.ts';
import { PaperCluster } from './paper-cluster.ts';
import { PaperMetrics } from './paper-metrics.ts';
import { PaperPools } from './paper-pools.ts';

export const start = Date.UTC(2026, 10, 21, 9, 30);

/** A cluster with all that a tick stands on, in time that passes only when somebody lets it. */
export class Shop {
  nowMillis = start;
  readonly time = {
    nowMillis: (): number => this.nowMillis,
    sleep: async (millis: number): Promise<void> => {
      this.nowMillis += millis;
      await turn();
    },
  };
  readonly store = new MemoryStore({ time: this.time });
  readonly cluster = new PaperCluster();
  readonly pools = new PaperPools();
  readonly metrics = { cloudWatch: new PaperMetrics(500), prometheus: new PaperMetrics(1) };
  readonly paid: string[] = [];
  readonly told: StormdrainEvent[] = [];
  readonly letters: DeadLetter[] = [];
  readonly drained: DrainRequested[] = [];
  readonly cancelled: string[] = [];
  readonly ports: WantedPorts = {
    store: this.store,
    cluster: this.cluster,
    pools: this.pools,
    metrics: this.metrics,
    clusters: ['shop'],
    time: this.time,
    random: () => 0.5,
    pace: {
      pay: async (bucket) => void this.paid.push(bucket),
      throttled: (bucket) => void this.paid.push(`!${bucket}`),
    },
    events: { tell: async (event) => void this.told.push(event) },
    letters: { keep: async (letter) => void this.letters.push(letter) },
    drains: {
      request: async (request) => {
        this.drained.push(request);
        const drainId = `${request.instanceId}-1`;
        return { drainId, cluster: 'shop', pace: 'unhurried', created: true };
      },
      cancel: async (drainId) => void this.cancelled.push(drainId),
    },
  };

  async apply(
    policy: Partial<ScalingPolicy> = {},
    stored: Partial<Omit<StoredPolicy, 'policy'>> = {},
  ): Promise<void> {
    const compiled = aPolicy(policy);
    await writeJson(this.store, policyKey(compiled.cluster), {
      version: 1,
      cluster: compiled.cluster,
      text: 'version: 1',
      digest: '0123456789abcdef',
      appliedAtMillis: start - 3_600_000,
      appliedBy: 'ada',
      pausedUntilMillis: null,
      ...stored,
      policy: compiled,
    });
  }

  async json<Value>(key: string): Promise<Value | undefined> {
    const got = await this.store.get(key);
    return got.kind === 'found' ? JSON.parse(new TextDecoder().decode(got.body)) : undefined;
  }

  memory(cluster = 'shop'): Promise<ScalingMemory | undefined> {
    return this.json(memoryKey(cluster));
  }

  /** Newest first. */
  async rows(): Promise<readonly DecisionRow[]> {
    const page = await readDecisions(this.store, {
      sinceMillis: start - 86_400_000,
      untilMillis: this.nowMillis + 86_400_000,
      limit: 1_000,
    });
    return page.decisions;
  }
}

/** A port whose calls go through `before`, which may throw or hang. */
export const watched = <Port extends object>(
  port: Port,
  before: (method: string, given: readonly unknown[]) => unknown,
): Port =>
  new Proxy(port, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...given: unknown[]) => {
        await before(String(name), given);
        return Reflect.apply(method, target, given);
      };
    },
  });

import { type DataRow, rowOfRank } from '../../plan/data-rows.ts';
import type { Epoch } from '../../plan/epochs.ts';
import { shapeSeconds } from '../../plan/load-shape.ts';
import { hashIntegers } from '../../plan/random.ts';
import { type ScenarioMix, scenarioMix } from '../../plan/scenario-mix.ts';
import { usersOfShard } from '../../plan/user-schedule.ts';
import { Alarm } from '../alarm.ts';
import type { EngineShard } from '../engine.ts';
import type { LoadContext } from '../load-context.ts';
import { compileScenarios, planVariables, type Script } from '../script/compile-scenario.ts';
import { type EndedScenario, type LoadSource, outOfData } from './load-source.ts';
import { RowClaims } from './row-claims.ts';
import { type IterationTaker, type UserSetting, VirtualUser } from './virtual-user.ts';

/** How often the wanted users are compared with those there are. */
const pollMicros = 50_000;

/** Users begun before sockets are served again. */
const usersPerTurn = 200;

const userRowStream = 0x75726f77;

/**
 * The closed model: keeps the wanted users running. Iteration k of user u plays the scenario that arrival u + k would
 * play in the open model, so every user goes through the whole mix and all users together keep to the weights at any
 * time; that arrival's rank is the row of `cycle` data. `random` rows are drawn from a stream of the user's own, and
 * `once` rows are claimed.
 */
export class UserLoop implements LoadSource {
  readonly #shard: EngineShard;
  readonly #context: LoadContext;
  readonly #exhausted: () => void;
  readonly #scripts: readonly Script[];
  readonly #mix: ScenarioMix;
  readonly #mixPeriod: number;
  readonly #endMicros: number;
  readonly #alarm: Alarm;
  readonly #setting: UserSetting;
  readonly #users = new Map<number, VirtualUser>();
  /** Where users that left would go on, should they be wanted again. */
  readonly #iterations = new Map<number, number>();
  readonly #claims = new Map<string, RowClaims>();
  readonly #ended = new Map<string, string>();
  #epochs: readonly Epoch[];
  #soon: NodeJS.Immediate | undefined;
  #closed = false;

  /** `exhausted` is called once, when the stages are over. */
  constructor(shard: EngineShard, context: LoadContext, exhausted: () => void) {
    const { plan } = shard;
    this.#shard = shard;
    this.#context = context;
    this.#exhausted = exhausted;
    this.#epochs = shard.epochs;
    this.#scripts = compileScenarios(shard);
    this.#mix = scenarioMix(plan.scenarios);
    this.#mixPeriod = plan.scenarios.reduce((sum, { weight }) => sum + weight, 0);
    this.#endMicros = shapeSeconds(plan.load.stages) * 1e6;
    this.#alarm = new Alarm(context.clock, () => this.#poll());
    this.#setting = {
      context,
      seed: plan.seed,
      variables: planVariables(plan),
      choose: (user, iteration, taker) => this.#choose(user, iteration, taker),
      left: (user) => this.#left(user),
    };
  }

  begin(): void {
    this.#alarm.set(Math.max(0, this.#shard.fromMicros));
  }

  applyEpochs(epochs: readonly Epoch[]): { readonly missed: number; readonly duplicated: number } {
    this.#epochs = epochs;
    return { missed: 0, duplicated: 0 };
  }

  close(): void {
    this.#closed = true;
    this.#alarm.close();
    clearImmediate(this.#soon);
    for (const claims of this.#claims.values()) claims.close();
    for (const user of [...this.#users.values()]) user.release();
  }

  endedScenarios(): readonly EndedScenario[] {
    return [...this.#ended].map(([scenario, reason]) => ({ scenario, reason }));
  }

  /** Users have no instants to be precise about. */
  spinMicros(): number {
    return 0;
  }

  #poll(): void {
    if (this.#closed) return;
    const now = this.#context.clock.nowMicros();
    if (now >= this.#endMicros) {
      this.close();
      this.#exhausted();
      return;
    }
    this.#alarm.set(Math.min(now + pollMicros, this.#endMicros));
    this.#keep(usersOfShard(this.#shard.plan, this.#epochs, this.#shard, now / 1e6));
  }

  #keep(wanted: ReturnType<typeof usersOfShard>): void {
    for (const user of [...this.#users.values()]) {
      const place = (user.number - wanted.firstUser) / wanted.stride;
      if (!Number.isInteger(place) || place < 0 || place >= wanted.count) user.release();
    }
    let begun = 0;
    const canPlay = this.#ended.size < this.#scripts.length;
    for (let place = 0; canPlay && place < wanted.count; place++) {
      const number = wanted.firstUser + place * wanted.stride;
      if (this.#users.has(number)) continue;
      if (begun++ === usersPerTurn) {
        this.#soon = setImmediate(() => this.#poll());
        return;
      }
      const user = new VirtualUser(number, this.#iterations.get(number) ?? 0, this.#setting);
      this.#users.set(number, user);
      user.next();
    }
  }

  #left(user: VirtualUser): void {
    this.#users.delete(user.number);
    this.#iterations.set(user.number, user.iteration);
  }

  /** Scenarios that have ended are passed over. */
  #choose(user: number, iteration: number, taker: IterationTaker): void {
    for (let ahead = 0; ahead < this.#mixPeriod; ahead++) {
      const place = user + iteration + ahead;
      const script = this.#scripts[this.#mix.scenarioOf(place)];
      if (script === undefined || (this.#ended.size > 0 && this.#ended.has(script.name))) continue;
      if (script.data?.use !== 'once') {
        taker(script, this.#rowOf(script, user, place));
        return;
      }
      this.#claimsOf(script.name).take((row) => {
        if (row !== undefined) return taker(script, this.#shard.data.get(script.name)?.[row]);
        this.#ended.set(script.name, outOfData(script));
        this.#choose(user, iteration, taker);
        return true;
      });
      return;
    }
    taker(undefined, undefined);
  }

  #claimsOf(scenario: string): RowClaims {
    let claims = this.#claims.get(scenario);
    if (claims === undefined) {
      claims = new RowClaims(() => this.#shard.claimRows(scenario));
      this.#claims.set(scenario, claims);
    }
    return claims;
  }

  #rowOf(script: Script, user: number, place: number): DataRow | undefined {
    if (script.data === undefined) return undefined;
    const { seed } = this.#shard.plan;
    const rowSeed = script.data.use === 'random' ? hashIntegers(seed, userRowStream, user) : seed;
    const row = rowOfRank(script.data, rowSeed, this.#mix.rankOf(place));
    return row === undefined ? undefined : this.#shard.data.get(script.name)?.[row];
  }
}

/** A run: the plan's phases over a scene under load, then calm, the drain, and judgement. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Dice } from '../simulation/random.ts';
import type { Evidence } from './oracle/evidence.ts';
import { MORE_MAX } from './oracle/footprints.ts';
import { JUDGES, TIMED } from './oracle/judges.ts';
import { leftIn } from './oracle/left.ts';
import { lastedMs } from './oracle/outcomes.ts';
import { recordsIn } from './oracle/records.ts';
import { begunAgain } from './oracle/recoveries.ts';
import { latenessMs } from './oracle/ticks.ts';
import { Account, quantile } from './phases/account.ts';
import { BETWEEN_S, type Plan, type Planned } from './plan.ts';
import { Machine } from './rig/machine.ts';
import { type Scene, standUp } from './rig/scene.ts';

const WARM_MS = 5_000;
const TAIL = 60;
const TAIL_SHORT = 20;
const DRAIN_MS = 180_000;
/** Longer than anybody waits until he asks again: what has not moved by then never will. */
const STILL_MS = 75_000;
const LOOK_MS = 1_000;
const SAMPLE_MS = 2_000;
const PROGRESS_MS = 5_000;

export interface Verdict {
  readonly plan: Plan;
  readonly accounts: readonly Account[];
  /** By invariant, what does not hold. */
  readonly broken: ReadonlyMap<string, readonly string[]>;
  /** Faults that were planned and not seen. */
  readonly void: readonly string[];
  /** Goals that were missed, and those that were not judged because others had the machine. */
  readonly missed: readonly string[];
  readonly unjudged: readonly string[];
  readonly numbers: readonly (readonly [what: string, value: string])[];
  readonly folder: string;
  /** Takes away what the run has written. */
  remove(): void;
}

export async function runPlan(plan: Plan, rate: number, say: (line: string) => void): Promise<Verdict> {
  say('starting nine servers');
  const scene = await standUp(plan.seed, rate, plan.ground);
  const watch = new Watch(scene, say);
  try {
    const loading = scene.load.run();
    watch.phase = 'warm';
    await sleep(WARM_MS);
    const accounts: Account[] = [];
    for (const [n, planned] of plan.phases.entries())
      accounts.push(await inPhase(scene, planned, plan.seed + n, watch));
    watch.phase = 'calm';
    await scene.house.whole();
    const calmFromMs = Date.now();
    const tail = plan.short ? TAIL_SHORT : TAIL;
    while (scene.load.asked.filter(({ atMs }) => atMs >= calmFromMs).length < tail) await sleep(100);
    scene.load.stop();
    await loading;
    watch.phase = 'drain';
    const drainedMs = await drain(scene);
    const evidence = await evidenceOf(scene, calmFromMs);
    return verdictOf({ plan, accounts, evidence, drainedMs, scene });
  } finally {
    watch.close();
    await scene.close();
  }
}

async function inPhase(scene: Scene, { phase, seconds }: Planned, seed: number, watch: Watch): Promise<Account> {
  const account = new Account(phase.id, phase.title);
  watch.phase = `${phase.id} ${phase.title}`;
  watch.account = account;
  account.fromMs = Date.now();
  try {
    await phase.run({ ...scene, dice: new Dice(seed), account, seconds });
  } catch (error) {
    account.broke('phase', String(error instanceof Error ? error.stack : error));
  }
  account.untilMs = Date.now();
  watch.account = undefined;
  await sleep(BETWEEN_S * 1_000);
  return account;
}

/** Until nothing is left to do, or nothing moves any more, or for too long. */
async function drain({ load, keys, ledger }: Scene): Promise<number> {
  const fromMs = performance.now();
  let settled = false;
  void load.settled().then(() => {
    settled = true;
  });
  let [seen, seenMs] = ['', fromMs];
  while (performance.now() - fromMs < DRAIN_MS) {
    const left = await leftIn(keys);
    if (settled && left.keys.length === 0) break;
    const sight = [...left.keys, ledger.read().length].join();
    if (sight !== seen) [seen, seenMs] = [sight, performance.now()];
    else if (performance.now() - seenMs > STILL_MS) break;
    await sleep(LOOK_MS);
  }
  // The indexer gathers for a moment.
  await sleep(LOOK_MS);
  return performance.now() - fromMs;
}

async function evidenceOf(scene: Scene, calmFromMs: number): Promise<Evidence> {
  const { house, load, history, ledger, keys, cuts, ticks, feeds, database, counters } = scene;
  await counters.read();
  return {
    asked: load.asked,
    history,
    effects: ledger.read(),
    deeds: scene.deeds.read(),
    records: recordsIn(database),
    left: await leftIn(keys),
    cuts,
    ticks,
    deaths: house.deaths,
    stops: house.stops,
    strayEnds: house.strayEnds,
    footprints: [...MORE_MAX.keys()].flatMap((gauge) => counters.footprints(gauge)),
    told: feeds.told,
    calmFromMs,
  };
}

function verdictOf({
  plan,
  accounts,
  evidence,
  drainedMs,
  scene,
}: {
  readonly plan: Plan;
  readonly accounts: readonly Account[];
  readonly evidence: Evidence;
  readonly drainedMs: number;
  readonly scene: Scene;
}): Verdict {
  const broken = new Map<string, readonly string[]>();
  for (const [name, judge] of Object.entries(JUDGES)) broken.set(name, judge(evidence));
  for (const { broken: own } of accounts)
    for (const { invariant, detail } of own) broken.set(invariant, [...(broken.get(invariant) ?? []), detail]);
  for (const [n, { phase }] of plan.phases.entries())
    if (phase.judge) broken.set(phase.title, phase.judge(evidence, accounts[n]!));
  for (const account of accounts) {
    for (const { claimedMs, begunMs } of begunAgain(evidence, account)) {
      account.recovered('claimed again', claimedMs);
      account.recovered('begun again', begunMs);
    }
    for (const ms of latenessMs(evidence, account)) account.recovered('ticks late', ms);
  }
  const unseen = plan.phases.flatMap(({ phase }, n) => {
    const account = accounts[n]!;
    const missing = phase.sights.filter((sight) => !account.sights.get(sight));
    return account.injected > 0 && missing.length === 0
      ? []
      : [`${phase.id}: injected ${account.injected} times, not seen: ${missing.join(', ') || 'nothing'}`];
  });
  const goals = plan.phases.flatMap(({ phase }, n) => phase.goals.map((goal) => ({ goal, account: accounts[n]! })));
  const untimed = plan.short ? [...broken].filter(([name]) => TIMED.has(name)) : [];
  for (const [name] of untimed) broken.delete(name);
  const off = goals.flatMap(({ goal, account }) => {
    const values = account.recoveries.get(goal.recovery) ?? [];
    const value = quantile(values, goal.share);
    const text = `${account.id}: ${goal.recovery}, p${goal.share * 100} ${value} ms, at most ${goal.ms} ms`;
    return value === undefined || value <= goal.ms ? [] : [{ text, isJudged: account.isJudged && !plan.short }];
  });
  return {
    plan,
    accounts,
    broken,
    void: unseen,
    missed: off.filter(({ isJudged }) => isJudged).map(({ text }) => text),
    unjudged: [
      ...untimed.flatMap(([, details]) => details),
      ...off.filter(({ isJudged }) => !isJudged).map(({ text }) => text),
    ],
    numbers: numbersOf(evidence, drainedMs, scene),
    folder: scene.folder,
    remove: scene.remove,
  };
}

function numbersOf(evidence: Evidence, drainedMs: number, { house }: Scene): Verdict['numbers'] {
  const { asked, history, effects, records, deaths, stops, calmFromMs, footprints } = evidence;
  const calm = lastedMs(evidence, (atMs) => atMs >= calmFromMs);
  return [
    ['asked for', String(asked.length)],
    ['acknowledged', String(new Set(history.of('start', 'acknowledged').map(({ name }) => name)).size)],
    ['answers unknown', String(history.calls.filter(({ outcome }) => outcome === 'unknown').length)],
    ['executions', String(records.length)],
    ['task runs', String(records.reduce((sum, { taskRuns }) => sum + taskRuns.length, 0))],
    ['effects', String(effects.filter(({ what }) => what === 'begin').length)],
    ['processes killed', String(deaths.length)],
    ['processes stopped or told to end', String(stops.length)],
    ['failpoints that bit', String(house.bites.length)],
    ['executions after the faults, p50/p99', `${quantile(calm, 0.5)} / ${quantile(calm, 0.99)} ms`],
    ...[...MORE_MAX.keys()].map((gauge) => [gauge, mostGrown(footprints, gauge)] as const),
    ['drained in', `${Math.round(drainedMs / 1_000)} s`],
  ];
}

function mostGrown(footprints: Evidence['footprints'], gauge: string): string {
  const [most] = footprints
    .filter((each) => each.gauge === gauge)
    .sort((a, b) => b.last - b.first - (a.last - a.first));
  return most ? `at most ${most.first} → ${most.last} (${most.who})` : 'nobody lived for long';
}

/** Says each few seconds where the run is, and how much of the machine others have. */
class Watch {
  phase = 'start';
  account: Account | undefined;
  readonly #timers: readonly NodeJS.Timeout[];

  constructor(scene: Scene, say: (line: string) => void) {
    const fromMs = performance.now();
    const machine = new Machine();
    const sample = () => {
      const share = machine.others();
      this.account?.others.push(share);
    };
    const tell = () => {
      const seconds = Math.round((performance.now() - fromMs) / 1_000);
      const { load, history, house, redis } = scene;
      const known = new Set(history.of('start', 'acknowledged').map(({ name }) => name)).size;
      say(
        `${String(seconds).padStart(4)} s  ${this.phase.padEnd(28)} asked ${load.asked.length}, acknowledged ${known}, effects ${scene.ledger.read().length}, servers ${house.all.length}${redis.alive ? '' : ', Redis is away'}`,
      );
    };
    this.#timers = [setInterval(sample, SAMPLE_MS), setInterval(tell, PROGRESS_MS)];
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }
}

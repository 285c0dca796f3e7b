/** The workload, as its seed says: which executions are asked for, when, and what is done to them then. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from '../../simulation/random.ts';
import type { Client } from './client.ts';
import type { Kind } from './kinds.ts';

/** Of the starts: with a key, and of those asked for twice at once. */
const KEYED = 0.7;
const DOUBLED = 0.1;
const KILL_AFTER_MS = 1_500;
const FAILED_LOOK_MS = 1_000;
const FAILED_MS = 120_000;

export interface Asked {
  readonly name: string;
  readonly kind: Kind;
  readonly atMs: number;
  id?: string;
  /** Another id was given for the same key. */
  otherId?: string;
}

export class Load {
  readonly asked: Asked[] = [];
  readonly #client: Client;
  readonly #kinds: readonly Kind[];
  readonly #dice: Dice;
  readonly #underWay = new Set<Promise<void>>();
  readonly #over: AbortSignal;
  #rate: number;
  #on = true;

  constructor(parts: {
    readonly client: Client;
    readonly kinds: readonly Kind[];
    readonly dice: Dice;
    /** Executions a second. */
    readonly rate: number;
    readonly over: AbortSignal;
  }) {
    this.#client = parts.client;
    this.#kinds = parts.kinds;
    this.#dice = parts.dice;
    this.#rate = parts.rate;
    this.#over = parts.over;
  }

  /** Asks until it is told to stop. */
  async run(): Promise<void> {
    while (this.#on && !this.#over.aborted) {
      await sleep((-Math.log(1 - this.#dice.next()) * 1_000) / this.#rate);
      if (this.#on) this.ask(this.#anyKind());
    }
  }

  stop(): void {
    this.#on = false;
  }

  kind(name: string): Kind {
    return this.#kinds.find((kind) => kind.name === name)!;
  }

  /** One more, whatever comes of it; a keyed one is asked for again until it is known to be there. */
  ask(kind: Kind, keyed = this.#dice.chance(KEYED)): Asked {
    const asked: Asked = { name: String(this.asked.length + 1), kind, atMs: Date.now() };
    this.asked.push(asked);
    const work = this.#pursue(asked, {
      keyed,
      doubled: this.#dice.chance(DOUBLED),
      waitMs: this.#dice.below(KILL_AFTER_MS),
    });
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
    return asked;
  }

  /** So many of a kind at once, keyed; resolves when all are acknowledged. */
  async askMany(kind: Kind, count: number): Promise<readonly Asked[]> {
    return Promise.all(
      Array.from({ length: count }, async () => {
        const asked: Asked = { name: String(this.asked.length + 1), kind, atMs: Date.now() };
        this.asked.push(asked);
        asked.id = await this.#client.start(kind.name, asked.name, true);
        return asked;
      }),
    );
  }

  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  #anyKind(): Kind {
    let left = this.#dice.next() * this.#kinds.reduce((sum, { weight }) => sum + weight, 0);
    return this.#kinds.find(({ weight }) => (left -= weight) < 0) ?? this.#kinds[0]!;
  }

  async #pursue(
    asked: Asked,
    { keyed, doubled, waitMs }: { readonly keyed: boolean; readonly doubled: boolean; readonly waitMs: number },
  ): Promise<void> {
    const { kind, name } = asked;
    const starts = [this.#client.start(kind.name, name, keyed)];
    if (keyed && doubled) starts.push(this.#client.start(kind.name, name, keyed));
    const [id, other] = await Promise.all(starts);
    asked.id = id;
    if (other !== undefined && other !== id) asked.otherId = other;
    if (id === undefined || kind.does === undefined) return;
    if (kind.does === 'kill') {
      await sleep(waitMs);
      await this.#client.kill(id, kind.name, name);
    } else if (await this.#failed(id)) await this.#client.restart(id, kind.name, name);
  }

  async #failed(id: string): Promise<boolean> {
    // One that a cut has taken away never fails.
    for (const untilMs = performance.now() + FAILED_MS; !this.#over.aborted && performance.now() < untilMs; ) {
      const { outcome, body } = await this.#client.read(`/executions/${id}`);
      const state = (body.state as { current?: string } | undefined)?.current;
      if (outcome === 'acknowledged' && state === 'FAILED') return true;
      await sleep(FAILED_LOOK_MS);
    }
    return false;
  }
}

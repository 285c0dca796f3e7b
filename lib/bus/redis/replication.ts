/**
 * Strict durability: what a caller outside is told to be accepted is on a replica by then, where there is one. It makes it
 * less likely that a failover loses it, no more: Redis' replication is asynchronous.
 */
import type { Redis } from 'ioredis';
import { counter } from '../../metrics.ts';
import { type Connections, reached } from './connection.ts';

const REPLICAS = 1;
const WAIT_MS = 100;
/** Where none has confirmed, nobody waits for one for this long. */
const ALONE_MS = 5_000;

const unconfirmed = counter(
  'bus_unreplicated_total',
  'Accepted requests that no replica confirmed in time, under strict durability',
);

export class Replication {
  readonly #connections: Connections;
  readonly #asked = new Map<Redis, Promise<void>>();
  #aloneUntilMs = 0;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** What was written over `state` to the server of the key. Throws `bus.unavailable`: what was written is there, or lost. */
  confirmed(key: string): Promise<void> {
    if (performance.now() < this.#aloneUntilMs) {
      unconfirmed.inc();
      return Promise.resolve();
    }
    const client = this.#connections.at(key);
    let asked = this.#asked.get(client);
    if (!asked) {
      asked = new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.#wait(client));
      this.#asked.set(client, asked);
    }
    return asked;
  }

  async #wait(client: Redis): Promise<void> {
    this.#asked.delete(client);
    try {
      if (Number(await client.call('WAIT', REPLICAS, WAIT_MS)) >= REPLICAS) return;
    } catch (error) {
      throw reached(error);
    }
    unconfirmed.inc();
    this.#aloneUntilMs = performance.now() + ALONE_MS;
  }
}

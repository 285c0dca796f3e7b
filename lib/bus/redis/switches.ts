/**
 * Told by sentinels that they have chosen another master: whoever is still with the old one leaves it at once. One that was
 * replaced in good order takes writes for ten seconds more, and loses them. ioredis' own detector is not used: told while a
 * connection is being opened anew, it ends that one for good.
 */
import { Redis } from 'ioredis';
import { textOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Address } from './address.ts';

const CHANNEL = '+switch-master';
const RETRY_MS = 1_000;
const CONNECT_MS = 5_000;

type Sentinels = Extract<Address, { kind: 'sentinel' }>;

export class SwitchWatch {
  readonly #master: string;
  readonly #clients = new Set<Redis>();
  readonly #listeners: readonly Redis[];
  readonly #log: Log;

  constructor({ sentinels, master, sentinelAccess, access: { tls, family } }: Sentinels, log: Log) {
    this.#master = master;
    this.#log = log;
    const options = { ...sentinelAccess, tls, family, connectTimeout: CONNECT_MS, protocol: 2 } as const;
    this.#listeners = sentinels.map((place) => {
      const listener = new Redis({ ...options, ...place, retryStrategy: () => RETRY_MS, maxRetriesPerRequest: null });
      listener.on('error', (error) =>
        log.debug({ sentinel: `${place.host}:${place.port}`, reason: textOf(error) }, 'redis sentinel'),
      );
      listener.on('message', (_, text: string) => this.#chosen(text));
      listener.subscribe(CHANNEL).catch(() => {}); // It subscribes again by itself.
      return listener;
    });
  }

  /** It leaves a master that is none any more. */
  follows(client: Redis): void {
    this.#clients.add(client);
    client.once('end', () => this.#clients.delete(client));
  }

  close(): void {
    for (const listener of this.#listeners) listener.disconnect();
  }

  /** `<master> <old host> <old port> <new host> <new port>`. */
  #chosen(text: string): void {
    const [name, , , host, port] = text.split(' ');
    if (name !== this.#master) return;
    this.#log.info({ master: `${host}:${port}` }, 'sentinels have chosen another master');
    for (const { stream } of this.#clients)
      if (stream && !(stream.remoteAddress === host && stream.remotePort === Number(port))) stream.destroy();
  }
}

/**
 * The TCP proxy before Redis, a process of its own: `node proxy-process.ts <port> <port of Redis>`. Told over its channel to cut
 * connections, to let them hang half-open, to be slow, to break a reply in the middle, to lead to another Redis unseen, or to the same one after it was away.
 */
import { connect, createServer, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type ProxyOrder =
  /** All of them, or as many of them by chance. */
  | { readonly kind: 'cut'; readonly share: number }
  /** Nothing passes any more, and nobody is told; new connections pass. */
  | { readonly kind: 'hang'; readonly share: number }
  /** New connections hang too, or pass again. */
  | { readonly kind: 'deaf'; readonly on: boolean }
  /** Each piece of a share of the connections comes `DELAY_MS` later, or no longer. */
  | { readonly kind: 'slow'; readonly share: number }
  /** The next replies of so many connections break in the middle. */
  | { readonly kind: 'tear'; readonly count: number }
  /** Clients keep their connections, and nothing of theirs passes until they are led again. */
  | { readonly kind: 'part' }
  /** Clients keep their connections, and talk to another server from now on. */
  | { readonly kind: 'lead'; readonly port: number };

/** How many connections it concerned. */
export type ProxyAnswer = { readonly count: number };

/** So long nothing must come from Redis before clients are led elsewhere: what was asked is answered by then. */
const QUIET_MS = 150;
const QUIET_MS_MAX = 3_000;
const LOOK_MS = 10;
export const DELAY_MS = 200;

class Link {
  readonly client: Socket;
  server: Socket;
  hangs = false;
  slow = false;
  tears = false;
  /** When something was asked last, and when something was told. */
  askedMs = 0;
  toldMs = 0;
  /** Pieces that are still on their way: later ones must not overtake them. */
  #delayed = 0;

  constructor(client: Socket, port: number) {
    this.client = client;
    client.setNoDelay(true);
    client.on('data', (data) => {
      this.askedMs = performance.now();
      this.#pass(data, () => this.server);
    });
    client.on('error', () => {}); // Either side may go away at any moment.
    client.once('close', () => this.server.destroy());
    this.server = this.#open(port);
  }

  /** Whoever still waits for an answer would take the next one for it: no connection loses one and goes on. */
  get waits(): boolean {
    return this.askedMs > this.toldMs;
  }

  lead(port: number): void {
    const old = this.server;
    this.server = this.#open(port);
    old.destroy();
  }

  part(): void {
    const old = this.server;
    this.server = new Socket();
    old.destroy();
  }

  cut(): void {
    this.client.resetAndDestroy();
    this.server.destroy();
  }

  #open(port: number): Socket {
    const server = connect(port, '127.0.0.1');
    server.setNoDelay(true);
    server.on('data', (data) => {
      if (this.server !== server) return;
      this.toldMs = performance.now();
      if (!this.tears) return this.#pass(data, () => this.client);
      this.client.write(data.subarray(0, Math.ceil(data.length / 2)), () => this.cut());
    });
    server.on('error', () => {}); // The same.
    server.once('close', () => {
      if (this.server === server) this.client.destroy();
    });
    return server;
  }

  #pass(data: Buffer, to: () => Socket): void {
    if (this.hangs) return;
    if (!this.slow && this.#delayed === 0) return void to().write(data);
    this.#delayed++;
    // Timers of one length fire in their order.
    setTimeout(() => {
      this.#delayed--;
      if (!this.hangs) to().write(data);
    }, DELAY_MS);
  }
}

const [port, redisPort] = process.argv.slice(2).map(Number);
const links = new Set<Link>();
let leadsTo = redisPort!;
let deaf = false;
let slowShare = 0;

const server = createServer((client) => {
  const link = new Link(client, leadsTo);
  link.hangs = deaf;
  link.slow = Math.random() < slowShare;
  links.add(link);
  client.once('close', () => links.delete(link));
});
server.listen(port, '127.0.0.1', () => process.send!({ count: 0 }));
process.on('disconnect', () => process.exit());
process.on('message', async (order: ProxyOrder) => process.send!({ count: await obey(order) } satisfies ProxyAnswer));

async function obey(order: ProxyOrder): Promise<number> {
  switch (order.kind) {
    case 'cut':
      return each(some(order.share), (link) => link.cut());
    case 'hang':
      return each(some(order.share), (link) => {
        link.hangs = true;
      });
    case 'deaf':
      deaf = order.on;
      return 0;
    case 'slow': {
      slowShare = order.share;
      const chosen = new Set(some(order.share));
      for (const link of links) link.slow = chosen.has(link);
      return chosen.size;
    }
    case 'tear':
      return each([...links].sort(() => Math.random() - 0.5).slice(0, order.count), (link) => {
        link.tears = true;
      });
    case 'part':
      await quiet();
      return each([...links], (link) => link.part());
    case 'lead': {
      leadsTo = order.port;
      await quiet();
      const count = each([...links], (link) => link.lead(order.port));
      for (const { client } of links) client.resume();
      return count;
    }
  }
}

/** Nothing is asked any more, and everything is answered; who is not, loses the connection. */
async function quiet(): Promise<void> {
  for (const { client } of links) client.pause();
  const fromMs = performance.now();
  const told = () => Math.max(fromMs, ...Array.from(links, ({ toldMs }) => toldMs));
  while (performance.now() < Math.min(told() + QUIET_MS, fromMs + QUIET_MS_MAX)) await sleep(LOOK_MS);
  for (const link of [...links]) if (link.waits) link.cut();
}

const some = (share: number): Link[] => [...links].filter(() => Math.random() < share);

function each(chosen: readonly Link[], act: (link: Link) => void): number {
  for (const link of chosen) act(link);
  return chosen.length;
}

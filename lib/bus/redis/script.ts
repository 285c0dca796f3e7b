/**
 * The Lua scripts: one operation, one file in `lua/`. Sent by hash; a Redis that does not know one (it was restarted) gets its
 * text. Scripts that act on one partition (`sectioned`) are gathered: what is asked in one turn of the loop, for however many
 * partitions, leaves as one call, since a call costs more than what most of them do. A cluster gets one call per partition, since a
 * call has one slot there; those to one master leave in one write.
 */
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Cluster } from 'ioredis';
import { type Client, reached } from './connection.ts';

export type ScriptArgument = string | number;

/** In one call: Redis does nothing else meanwhile. */
const SECTIONS_MAX = 64;
const ARGUMENTS_MAX = 4_000;

type Run = (client: Client, keys: readonly string[], args: readonly ScriptArgument[]) => Promise<unknown>;

export type Script = (client: Client, key: string, args: readonly ScriptArgument[]) => Promise<unknown>;

/** The script of `lua/<name>.lua`. Throws `bus.unavailable` when Redis is not reached. */
export function script(name: string): Script {
  const run = runner(textOfFile(name));
  return (client, key, args) => run(client, [key], args);
}

/** The same for a script that defines `act` (see `lua/sections.lua`). */
export function sectioned(name: string): Script {
  const run = runner(textOfFile(name) + textOfFile('sections'));
  const gathering = new WeakMap<Client, Gathering>();
  return (client, key, args) => {
    let gathered = gathering.get(client);
    if (!gathered)
      gathering.set(
        client,
        (gathered = new Gathering((keys, all) => run(client, keys, all), client instanceof Cluster)),
      );
    return gathered.ask(key, args);
  };
}

const textOfFile = (name: string): string => readFileSync(new URL(`lua/${name}.lua`, import.meta.url), 'utf8');

function runner(text: string): Run {
  const sha = hash('sha1', text);
  return async (client, keys, args) => {
    try {
      return await client.evalsha(sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw reached(error);
    }
    return client.eval(text, keys.length, ...keys, ...args).catch((error: unknown) => {
      throw reached(error);
    });
  };
}

interface Asked {
  readonly key: string;
  readonly args: readonly ScriptArgument[];
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

class Gathering {
  readonly #send: (keys: readonly string[], args: readonly ScriptArgument[]) => Promise<unknown>;
  readonly #onePartition: boolean;
  #asked: Asked[] = [];

  constructor(
    send: (keys: readonly string[], args: readonly ScriptArgument[]) => Promise<unknown>,
    onePartition: boolean,
  ) {
    this.#send = send;
    this.#onePartition = onePartition;
  }

  ask(key: string, args: readonly ScriptArgument[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ key, args, resolve, reject });
      // After all that the present turn asks, the continuations of its promises too.
      if (this.#asked.length === 1) process.nextTick(() => this.#flush());
    });
  }

  #flush(): void {
    const asked = this.#asked;
    this.#asked = [];
    if (!this.#onePartition) return this.#callAll(asked);
    for (const some of Map.groupBy(asked, ({ key }) => key).values()) this.#callAll(some);
  }

  #callAll(asked: readonly Asked[]): void {
    for (let from = 0; from < asked.length; ) {
      let [to, count] = [from, 0];
      while (
        to < asked.length &&
        to - from < SECTIONS_MAX &&
        (to === from || count + asked[to]!.args.length <= ARGUMENTS_MAX)
      )
        count += asked[to++]!.args.length;
      void this.#call(asked.slice(from, to));
      from = to;
    }
  }

  async #call(asked: readonly Asked[]): Promise<void> {
    const args: ScriptArgument[] = [];
    for (const one of asked) {
      args.push(one.args.length);
      for (const argument of one.args) args.push(argument);
    }
    try {
      const answers = (await this.#send(
        asked.map(({ key }) => key),
        args,
      )) as unknown[];
      for (const [n, { resolve, reject }] of asked.entries()) {
        const answer = answers[n];
        if (answer instanceof Error) reject(reached(answer));
        else resolve(answer);
      }
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }
}

/**
 * The Lua scripts: one operation, one file in `lua/`. Sent by hash; a Redis that does not know one (it was restarted) gets its
 * text. What all callers asked of one connection in a tick leaves in one write.
 */
import { readFileSync } from 'node:fs';
import { hash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { reached } from './connection.ts';

export type ScriptArgument = string | number;

export interface Script {
  (client: Redis, key: string, args: readonly ScriptArgument[]): Promise<unknown>;
}

/** The script of `lua/<name>.lua`. Throws `bus.unavailable` when Redis is not reached. */
export function script(name: string): Script {
  const text = readFileSync(new URL(`lua/${name}.lua`, import.meta.url), 'utf8');
  const sha = hash('sha1', text);
  return async (client, key, args) => {
    try {
      return await client.evalsha(sha, 1, key, ...args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw reached(error);
    }
    return client.eval(text, 1, key, ...args).catch((error: unknown) => {
      throw reached(error);
    });
  };
}

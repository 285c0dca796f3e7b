/** What is left in Redis after the drain: nothing but what is meant to stay for a while. */
import type { Keyspace } from '../rig/keyspace.ts';

export interface Left {
  /** Keys that should be gone, with how much they hold. */
  readonly keys: readonly string[];
  readonly deadLetters: readonly string[];
}

/** Kinds of keys of a partition that must be empty, and thereby not be there. */
const WORK = ['mail', 'timers', 'claims', 'docs', 'killing', 'tries', 'letters'];
/** Of BullMQ: what has something to do. */
const QUEUED = ['wait', 'active', 'delayed', 'prioritized', 'paused', 'waiting-children', 'failed', 'completed'];

export async function leftIn(keys: Keyspace): Promise<Left> {
  const all = await keys.keys('windhover:*');
  const isWork = (key: string) => WORK.some((kind) => key.endsWith(`}:${kind}`) && key.startsWith('windhover:{x:'));
  const flowMail = (key: string) => /^windhover:\{f:\d+\}:(?:mail|timers|claims|letters|tries)$/.test(key);
  const isQueued = (key: string) => QUEUED.some((kind) => key.endsWith(`:parcels:${kind}`));
  const isJob = (key: string) => /:parcels:(?!wait$|active$)[A-Za-z0-9]{20,}(?::lock)?$/.test(key);
  const isDocument = (key: string) => key.startsWith('windhover:{x:') && key.includes('}:d:');
  const found = all.filter((key) => isWork(key) || flowMail(key) || isQueued(key) || isJob(key) || isDocument(key));
  const outboxes = await outboxesOf(keys);
  const starts = await keys.redis.hlen('windhover:{sched}:outbox');
  const dead = all.filter((key) => /^windhover:\{[xf]:\d+\}:dead$/.test(key));
  const letters = await Promise.all(dead.map((key) => keys.redis.lrange(key, '0', '-1')));
  return {
    keys: [...(await sized(keys, found)), ...outboxes, ...(starts > 0 ? [`{sched}:outbox (${starts})`] : [])],
    deadLetters: letters.flat(),
  };
}

async function outboxesOf(keys: Keyspace): Promise<readonly string[]> {
  const names = await keys.keys('windhover:{x:*}:owner');
  const outboxes = await Promise.all(names.map((name) => keys.redis.hget(name, 'outbox')));
  // Refs stand there until the next commit, also of parcels that were sent: only those of open attempts count.
  const open = await Promise.all(names.map((name) => keys.redis.exists(name.replace(/owner$/, 'claims'))));
  return names.filter((_, n) => outboxes[n] && open[n] === 1).map((name) => `${name} outbox`);
}

async function sized(keys: Keyspace, found: readonly string[]): Promise<readonly string[]> {
  return Promise.all(
    found.map(async (key) => {
      const type = await keys.redis.type(key);
      const count =
        type === 'stream'
          ? await keys.redis.xlen(key)
          : type === 'zset'
            ? await keys.redis.zcard(key)
            : type === 'hash'
              ? await keys.redis.hlen(key)
              : type === 'set'
                ? await keys.redis.scard(key)
                : type === 'list'
                  ? await keys.redis.llen(key)
                  : 1;
      return count === 0 ? '' : `${key.replace('windhover:', '')} (${count})`;
    }),
  ).then((names) => names.filter((name) => name !== ''));
}

/**
 * After a power loss Redis drops the script that its append-only file ends in the middle of, but leaves what it has read of it in the
 * file: at the start after that, half of it would be applied together with whatever was written next (mended in Valkey by
 * valkey-io/valkey#4342). So the file is written anew once after each start of Redis, from memory, where everything is whole.
 */
import { Cluster, type Redis } from 'ioredis';
import { textOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Client } from './connection.ts';

/** Whoever connects looks; the first one asks. */
export function keepFileWhole(client: Client, log: Log): void {
  if (client instanceof Cluster) {
    for (const node of client.nodes('master')) keepFileWhole(node, log);
    client.on('+node', (node: Redis) => keepFileWhole(node, log));
    return;
  }
  const look = () =>
    rewritten(client)
      .then((asked) => asked && log.info({}, 'Redis was started: its append-only file is written anew'))
      // Away again, or a service that looks after its file by itself.
      .catch((error: unknown) => log.debug({ reason: textOf(error) }, 'the append-only file is not written anew'));
  if (client.status === 'ready') void look();
  client.on('ready', look);
}

async function rewritten(client: Redis): Promise<boolean> {
  const info = await client.info('persistence');
  const untouched = ['aof_enabled:1', 'aof_rewrites:0', 'aof_rewrite_in_progress:0', 'aof_rewrite_scheduled:0'];
  if (!untouched.every((said) => info.includes(`${said}\r\n`)) || info.includes('loading:1\r\n')) return false;
  await client.bgrewriteaof();
  return true;
}

/** F13: every message of every mailbox comes twice, the second one later and among others. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { PARTITIONS } from '../rig/keyspace.ts';
import type { Phase } from './phase.ts';

const LATER_MS = 3_000;
const BLOCK_MS = 200;
const MARK = 'copy';
const COPIES = 'copies';

type Reply = readonly (readonly [
  key: string,
  entries: readonly (readonly [id: string, fields: readonly string[]])[],
])[];

export const doubled: Phase = {
  id: 'F13',
  title: 'every message twice',
  seconds: 25,
  shortSeconds: 15,
  sights: [COPIES],
  goals: [],
  run: async ({ account, dice, redis, seconds }) => {
    const client = new Redis(redis.port, '127.0.0.1', { protocol: 2 });
    const writer = client.duplicate();
    const cursors = new Map(
      ['x', 'f'].flatMap((kind) =>
        Array.from({ length: PARTITIONS }, (_, n) => [`windhover:{${kind}:${n}}:mail`, '$'] as [string, string]),
      ),
    );
    const underWay: Promise<void>[] = [];
    for (const untilMs = performance.now() + seconds * 1_000 - LATER_MS; performance.now() < untilMs; ) {
      const streams = ['STREAMS', ...cursors.keys(), ...cursors.values()];
      const reply = (await client.call('XREAD', 'COUNT', '200', 'BLOCK', String(BLOCK_MS), ...streams)) as Reply | null;
      for (const [key, entries] of reply ?? []) {
        cursors.set(key, entries.at(-1)![0]);
        for (const [, fields] of entries) {
          if (fields.includes(MARK)) continue;
          account.injected++;
          const copy = async () => {
            await sleep(dice.below(LATER_MS));
            await writer.xadd(key, '*', ...fields, MARK, '1');
            account.saw(COPIES);
          };
          underWay.push(copy());
        }
      }
    }
    await Promise.all(underWay);
    client.disconnect();
    writer.disconnect();
  },
};

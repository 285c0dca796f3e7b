/** Log lines on Redis: a stream per partition, one entry per batch of an execution, or per batch of what was measured. */
import type { LogLine } from '../../model/log-line.ts';
import type { Measured } from '../../model/metric.ts';
import type { Partition } from '../../model/partition.ts';
import type { LineBatch, Lines } from '../lines.ts';
import { type Connections, reached } from './connection.ts';
import { linesKey } from './keys.ts';
import { script } from './script.ts';
import { ReaderPool } from './streams.ts';

/** A stream that no indexer trims keeps about this many batches a partition: memory stays bounded when the repository is away. */
const BATCHES_MAX = 50_000;
/** The field of an entry that holds no lines. */
const MEASURED = 'm';
const FIRST = '0';

const backlog = script('backlog');

export function redisLines(connections: Connections): Lines {
  const { state } = connections;
  const readers = new ReaderPool(connections);
  const add = (partition: Partition, ...fields: readonly string[]) =>
    state.xadd(linesKey(partition), 'MAXLEN', '~', BATCHES_MAX, '*', ...fields).catch((error: unknown) => {
      throw reached(error);
    });
  return {
    append: async (partition, batches) => {
      await Promise.all(
        batches.map(({ executionId, lines }) => add(partition, 'e', executionId, 'l', JSON.stringify(lines))),
      );
    },
    measure: async (partition, measured) => {
      await add(partition, MEASURED, JSON.stringify(measured));
    },
    read: async (since, { count, blockMs, executions, signal }) => {
      const cursors = new Map(since);
      if (since.size === 0) return { batches: new Map(), cursors };
      const byKey = new Map([...since.keys()].map((partition) => [linesKey(partition), partition]));
      const ids = new Map(Array.from(byKey, ([key, partition]) => [key, since.get(partition)!]));
      const found = await readers.read({ since: ids, count, blockMs }, signal);
      const batches = new Map<Partition, readonly LineBatch[]>();
      for (const [key, entries] of found) {
        const partition = byKey.get(key)!;
        cursors.set(partition, entries.at(-1)![0]);
        const wanted = executions
          ? entries.filter(([, fields]) => fields[0] !== MEASURED && executions.has(fields[1]!))
          : entries;
        batches.set(partition, wanted.map(batchOf));
      }
      return { batches, cursors };
    },
    backlog: async (partition, executionId) => {
      const lines: LogLine[] = [];
      for (let since = FIRST; since !== ''; ) {
        const answer = (await backlog(state, linesKey(partition), [since, executionId])) as readonly string[];
        const [next, ...batches] = answer;
        for (const batch of batches) lines.push(...(JSON.parse(batch) as LogLine[]));
        since = next!;
      }
      return lines;
    },
    newest: async (partitions) => {
      const asked = partitions.map((each) => state.xrevrange(linesKey(each), '+', '-', 'COUNT', 1));
      const found = await Promise.all(asked).catch((error: unknown) => {
        throw reached(error);
      });
      return new Map(partitions.map((partition, n) => [partition, found[n]![0]?.[0] ?? FIRST]));
    },
    trim: async (until) => {
      const trims = [...until].map(([partition, id]) => state.xtrim(linesKey(partition), 'MINID', behind(id)));
      await Promise.all(trims).catch((error: unknown) => {
        throw reached(error);
      });
    },
  };
}

const batchOf = ([id, fields]: readonly [id: string, fields: readonly string[]]): LineBatch =>
  fields[0] === MEASURED
    ? { id, measured: JSON.parse(fields[1]!) as Measured[] }
    : { id, executionId: fields[1]!, lines: JSON.parse(fields[3]!) as LogLine[] };

/** The id that follows: MINID keeps its own. */
const behind = (id: string): string => id.replace(/\d+$/, (sequence) => String(BigInt(sequence) + 1n));

/**
 * What the machine, Redis and BullMQ cost before an orchestrator adds anything of its own: the roles of three floors.
 * `queue`: BullMQ alone. `loop`: a mailbox of 16 streams, one BullMQ job a task run, one commit script a batch. `parcel`: the
 * same with up to 50 task runs in a job. A batch is dispatched, then committed; the next is read meanwhile.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Queue, QueueEvents, Worker } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import { ALONE, type Cell, FLOWS, latencies } from './cells.ts';
import { monotonicMs } from './machine.ts';
import { serveRole } from './role.ts';

const PARTITIONS = 16;
const READ = ['COUNT', 200, 'BLOCK', 1_000, 'STREAMS'] as const;
const BULK_JOBS = 500;
const BACKLOG_JOBS = 2_000;
const PARCEL_RUNS = 50;
const CONCURRENCY = 50;
const VALUE = 'x'.repeat(100);
const PREFIX = 'floor';
const COMMIT = `local i = 1
while i <= #ARGV do
  local count = tonumber(ARGV[i + 1])
  redis.call(ARGV[i], unpack(ARGV, i + 2, i + 1 + count))
  i = i + 2 + count
end`;

interface FloorCell extends Cell {
  readonly socket: string;
}
interface TaskOfFloor {
  readonly e: number;
  readonly i: number;
  readonly value: string;
}
type Answer = TaskOfFloor & { readonly flow?: keyof typeof FLOWS };
type Mailboxes = [string, [string, string[]][]][];
type Command = (string | number)[];

const connect = (socket: string, options: RedisOptions = {}): Redis =>
  new Redis(socket, { maxRetriesPerRequest: null, ...options });
const openQueue = (socket: string): Queue =>
  new Queue('runs', {
    prefix: PREFIX,
    connection: connect(socket),
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  });
const mailboxOf = (e: number): string => `${PREFIX}:mailbox:${e % PARTITIONS}`;
const behind = (id: string): string => id.replace(/\d+$/, (sequence) => String(Number(sequence) + 1));
const chunks = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, n) => list.slice(n * size, (n + 1) * size));

async function executor({ socket, floor }: FloorCell): Promise<void> {
  const [reader, writer, queue] = [connect(socket), connect(socket), openQueue(socket)];
  const executions = new Map<number, { readonly sequential: boolean; left: number; readonly answers: string[] }>();
  const positions = new Map(Array.from({ length: PARTITIONS }, (_, p) => [mailboxOf(p), '0-0']));
  const sha = (await writer.script('LOAD', COMMIT)) as string;
  const dispatchAndCommit = async (runs: readonly TaskOfFloor[], commands: readonly Command[]) => {
    const jobs = chunks(runs, floor === 'parcel' ? PARCEL_RUNS : 1).map((data) => ({
      name: 'run',
      data,
      opts: { jobId: `${data[0]!.e}-${data[0]!.i}` },
    }));
    await Promise.all(chunks(jobs, BULK_JOBS).map((bulk) => queue.addBulk(bulk)));
    await writer.evalsha(sha, 0, ...commands.flatMap(([name, ...args]) => [name!, args.length, ...args]));
  };
  await queue.waitUntilReady();
  serveRole({});
  for (let committed: Promise<void> | undefined; ; ) {
    const batch = (await reader.xread(...READ, ...positions.keys(), ...positions.values())) as Mailboxes | null;
    if (!batch) continue;
    const { runs, commands } = apply(batch, executions);
    for (const [mailbox, messages] of batch) positions.set(mailbox, messages.at(-1)![0]);
    await committed;
    committed = dispatchAndCommit(runs, commands);
  }
}

type Executions = Map<number, { readonly sequential: boolean; left: number; readonly answers: string[] }>;

function apply(batch: Mailboxes, executions: Executions): { runs: TaskOfFloor[]; commands: Command[] } {
  const runs: TaskOfFloor[] = [];
  const commands: Command[] = [];
  const fieldsOf = new Map<number, string[]>();
  const note = (e: number, ...field: string[]) => (fieldsOf.get(e) ?? fieldsOf.set(e, []).get(e)!).push(...field);
  const ended: number[] = [];
  for (const [mailbox, messages] of batch) {
    for (const [, fields] of messages) {
      const { e, flow, i, value } = JSON.parse(fields[1]!) as Answer;
      const execution = executions.get(e);
      if (flow) {
        const { runs: total, sequential } = FLOWS[flow];
        executions.set(e, { sequential, left: total, answers: new Array(total) });
        note(e, 'flow', flow);
        for (let first = 0; first < (sequential ? 1 : total); first++) runs.push({ e, i: first, value: VALUE });
      } else if (execution && execution.answers[i] === undefined) {
        execution.answers[i] = value;
        note(e, `answer:${i}`, value);
        if (--execution.left === 0) ended.push(e);
        else if (execution.sequential) runs.push({ e, i: i + 1, value: VALUE });
      }
    }
    commands.push(['XTRIM', mailbox, 'MINID', behind(messages.at(-1)![0])]);
  }
  for (const e of ended) {
    executions.delete(e);
    fieldsOf.delete(e);
    commands.push(['UNLINK', `${PREFIX}:state:${e}`], ['XADD', `${PREFIX}:done`, '*', 'e', e]);
  }
  for (const [e, fields] of fieldsOf) commands.push(['HSET', `${PREFIX}:state:${e}`, ...fields]);
  return { runs, commands };
}

async function worker({ socket, floor }: FloorCell): Promise<void> {
  const mailboxes = connect(socket, { enableAutoPipelining: true });
  const answer = ({ e, i }: TaskOfFloor) =>
    mailboxes.xadd(mailboxOf(e), '*', 'm', JSON.stringify({ e, i, value: VALUE }));
  const handle = async (job: { data: TaskOfFloor[] }) =>
    floor === 'queue' ? monotonicMs() : void (await Promise.all(job.data.map(answer)));
  const jobs = new Worker('runs', handle, { prefix: PREFIX, connection: connect(socket), concurrency: CONCURRENCY });
  let completed = 0;
  jobs.on('completed', () => completed++);
  await jobs.waitUntilReady();
  serveRole({ count: () => completed });
}

async function executionLoad({ socket, flow }: FloorCell): Promise<void> {
  const [writer, reader, started] = [connect(socket), connect(socket), new Map<number, number>()];
  let [executions, window, sequence] = [0, 0, 0];
  let onEnd: (ms: number) => void = () => {};
  const start = (count: number) => {
    const pipeline = writer.pipeline();
    for (let n = 0; n < count; n++, sequence++) {
      started.set(sequence, monotonicMs());
      pipeline.xadd(mailboxOf(sequence), '*', 'm', JSON.stringify({ e: sequence, flow }));
    }
    void pipeline.exec();
  };
  serveRole({
    load: () => start((window = FLOWS[flow!].window)),
    count: () => executions * FLOWS[flow!].runs,
    alone: async () => {
      for (window = 0; started.size > 0; ) await sleep(10);
      return latencies(
        () =>
          new Promise((resolve) => {
            onEnd = (alone) => resolve({ alone });
            start(1);
          }),
      );
    },
  });
  for (let position = '0-0'; ; ) {
    const read = (await reader.xread(...READ, `${PREFIX}:done`, position)) as Mailboxes | null;
    const endedMs = monotonicMs();
    for (const [id, fields] of read?.[0]?.[1] ?? []) {
      position = id;
      executions++;
      onEnd(endedMs - started.get(Number(fields[1]))!);
      started.delete(Number(fields[1]));
    }
    if (read) void writer.xtrim(`${PREFIX}:done`, 'MINID', behind(position));
    if (started.size < window) start(window - started.size);
  }
}

async function jobLoad({ socket }: FloorCell): Promise<void> {
  const queue = openQueue(socket);
  const data = [{ e: 12345, i: 0, value: VALUE }];
  const bulk = Array.from({ length: BULK_JOBS }, () => ({ name: 'run', data }));
  let loading = true;
  let onCompleted: (id: string, invokedMs: number) => void = () => {};
  const load = async () => {
    while (loading) await ((await queue.getWaitingCount()) > BACKLOG_JOBS - BULK_JOBS ? sleep(5) : queue.addBulk(bulk));
  };
  const alone = async () => {
    for (loading = false; (await queue.getJobCountByTypes('waiting', 'active')) > 0; ) await sleep(100);
    const events = new QueueEvents('runs', { prefix: PREFIX, connection: connect(socket), lastEventId: '0-0' });
    events.on('completed', ({ jobId, returnvalue }) => onCompleted(jobId, Number(returnvalue)));
    const one = (n: number) =>
      new Promise<Record<string, number>>((resolve) => {
        const [jobId, addedMs] = [`alone-${n}`, monotonicMs()];
        onCompleted = (id, invokedMs) =>
          id === jobId && resolve({ invoked: invokedMs - addedMs, alone: monotonicMs() - addedMs });
        void queue.add('run', data, { jobId });
      });
    return latencies(one, ALONE.measured);
  };
  await queue.waitUntilReady();
  serveRole({ load: () => void load(), alone });
}

const ROLES: Readonly<Record<string, (cell: FloorCell) => Promise<void>>> = {
  executor,
  worker,
  client: (cell) => (cell.floor === 'queue' ? jobLoad(cell) : executionLoad(cell)),
};
const { values, positionals } = parseArgs({ allowPositionals: true, options: { role: { type: 'string' } } });
await ROLES[values.role!]!(JSON.parse(positionals[0]!) as FloorCell);

/** `windhover execution list`, `show`, `kill`, `restart`, `replay`, `logs`. What is done to many is done to each, and told of each. */
import type { Command } from 'commander';
import type { LoadedConfig } from '../../../lib/config.ts';
import { Fault } from '../../../lib/errors.ts';
import { onInterrupt } from '../../../lib/service.ts';
import { type Client, type ExecutionAnswer, type LineAnswer, openClient } from '../client.ts';
import { groupOf } from '../group.ts';
import { countIn, type Out, type Output, outputOption, sayJson, tableOf } from '../print.ts';
import { each } from './each.ts';
import { lineText } from './live.ts';
import { collected, inputsOf, pairsOf } from './pairs.ts';
import { flowName, followed } from './run.ts';
import { spanText, treeLines } from './tree.ts';

const LIST_MAX = 20;
const PAGE = 100;
const INTERRUPTED = 130;

interface Listing {
  readonly namespace?: string;
  readonly flow?: string;
  readonly state: readonly string[];
  readonly label: readonly string[];
  readonly since?: string;
  readonly limit: number;
}

interface Again {
  readonly from?: string;
  readonly input: readonly string[];
  readonly follow: boolean;
}

export function addExecutionCommands(program: Command, load: () => LoadedConfig, finish: (code: number) => void): void {
  const execution = groupOf(program, 'execution', 'look at executions, and change what becomes of them').alias('exec');
  const client = () => openClient(load().config);
  execution
    .command('list')
    .description('the latest executions')
    .option('-n, --namespace <namespace>', 'only those in it and below')
    .option('-f, --flow <namespace/id>', 'only those of this flow')
    .option('-s, --state <state>', 'only those in it; may be given again', collected, [])
    .option('-l, --label <name=value>', 'only those with it; may be given again', collected, [])
    .option('--since <duration>', 'only those that started within it, such as PT24H')
    .option('--limit <count>', 'at most so many', countIn, LIST_MAX)
    .addOption(outputOption())
    .action(async ({ output, ...listing }: Listing & { output: Output }) =>
      finish(await list(client(), listing, output, process.stdout)),
    );
  execution
    .command('show <id>')
    .description('its task runs, inputs and outputs')
    .addOption(outputOption())
    .action(async (id: string, { output }: { output: Output }) =>
      finish(show(await read(client(), id), output, process.stdout)),
    );
  execution
    .command('kill <ids...>')
    .description('end executions: no work of them begins any more')
    .action(async (ids: readonly string[]) =>
      finish(
        await each(
          ids,
          { what: 'executions', done: 'killed' },
          (id) => client().ask(`${pathTo(id)}/kill`, { method: 'DELETE' }),
          process,
        ),
      ),
    );
  execution
    .command('restart <ids...>')
    .description('go on with executions that failed, from the tasks that did')
    .action(async (ids: readonly string[]) =>
      finish(
        await each(
          ids,
          { what: 'executions', done: 'restarted' },
          (id) => client().ask(`${pathTo(id)}/restart`, { method: 'POST' }),
          process,
        ),
      ),
    );
  execution
    .command('replay <id>')
    .description('run an execution once more, as a new one')
    .option('--from <task>', 'from this task (or task run) on, with the outputs of those before it')
    .option('-i, --input <name=value>', 'other inputs; name=@file sends a file', collected, [])
    .option('-f, --follow', 'look on until it ends; the exit code is its result', false)
    .action(async (id: string, again: Again) => finish(await replay(client(), id, again, process.stdout)));
  execution
    .command('logs <id>')
    .description('its log; -f goes on until it ends')
    .option('-f, --follow', 'go on until it ends', false)
    .option('--level <level>', 'TRACE, DEBUG, INFO, WARN or ERROR and what is worse')
    .addOption(outputOption())
    .action(async (id: string, asked: { follow: boolean; level?: string; output: Output }) =>
      finish(await logs(client(), id, asked, process.stdout)),
    );
}

const pathTo = (id: string): string => `/executions/${encodeURIComponent(id)}`;
const read = (client: Client, id: string): Promise<ExecutionAnswer> => client.ask(pathTo(id));

async function list(client: Client, listing: Listing, output: Output, out: Out): Promise<number> {
  const executions = await found(client, listing);
  if (output === 'json') sayJson(out, executions);
  else if (executions.length === 0) out.write('No such executions. Start one: windhover run company.team/hello\n');
  else out.write(tableOf(['ID', 'FLOW', 'STATE', 'STARTED', 'DURATION'], executions.map(rowOf)));
  return 0;
}

async function found(
  client: Client,
  { namespace, flow, state, label, since, limit }: Listing,
): Promise<ExecutionAnswer[]> {
  const asked = new URLSearchParams({
    sort: 'state.startDate:desc',
    brief: 'true',
    size: String(Math.min(limit, PAGE)),
  });
  const name = flow === undefined ? undefined : flowName(flow);
  if (name) asked.set('flowId', name.id);
  if (name ?? namespace) asked.set('namespace', name?.namespace ?? namespace!);
  for (const each of state) asked.append('state', each.toUpperCase());
  for (const [key, value] of pairsOf(label, '--label')) asked.append('labels', `${key}:${value}`);
  if (since !== undefined) asked.set('timeRange', since);
  const executions: ExecutionAnswer[] = [];
  for (let page = 1; executions.length < limit; page++) {
    asked.set('page', String(page));
    const { results } = await client.ask<{ results: readonly ExecutionAnswer[] }>(`/executions/search?${asked}`);
    executions.push(...results);
    if (results.length < Math.min(limit, PAGE)) break;
  }
  return executions.slice(0, limit);
}

function rowOf({ id, namespace, flowId, state }: ExecutionAnswer): readonly string[] {
  const start = state.startDate ?? '';
  const length = state.endDate === undefined ? '' : spanText(Date.parse(state.endDate) - Date.parse(start));
  return [id, `${namespace}/${flowId}`, state.current, start.slice(0, 19).replace('T', ' '), length];
}

function show(execution: ExecutionAnswer, output: Output, out: Out): number {
  if (output === 'json') sayJson(out, execution);
  else {
    out.write(`${treeLines(execution, { nowMs: Date.now(), colour: out.isTTY === true }).join('\n')}\n`);
    for (const [name, values] of [
      ['inputs', execution.inputs],
      ['outputs', execution.outputs],
    ] as const)
      if (values && Object.keys(values).length > 0) out.write(`${name}  ${JSON.stringify(values)}\n`);
  }
  return 0;
}

async function replay(client: Client, id: string, { from, input, follow }: Again, out: Out): Promise<number> {
  const taskRunId = from === undefined ? undefined : taskRunIn(await read(client, id), from);
  const query = taskRunId === undefined ? '' : `?taskRunId=${encodeURIComponent(taskRunId)}`;
  const inputs = inputsOf(input);
  const way = inputs ? 'replay-with-inputs' : 'replay';
  const made = await client.ask<ExecutionAnswer>(`${pathTo(id)}/${way}${query}`, {
    method: 'POST',
    ...(inputs && { body: inputs }),
  });
  out.write(`${made.id}  ${client.url}/ui/executions/${made.id}\n`);
  return follow ? followed(client, made.id, { logs: false }, out) : 0;
}

/** By the id of a task run, or of a task: the last of its runs. */
function taskRunIn({ id, taskRunList = [] }: ExecutionAnswer, name: string): string {
  const taskRun = taskRunList.findLast((each) => each.id === name || each.taskId === name);
  if (taskRun) return taskRun.id;
  const known = [...new Set(taskRunList.map(({ taskId }) => taskId))].join(', ');
  throw new Fault('request.invalid', `--from: expected a task of ${id} (${known}), got ${name}`);
}

async function logs(
  client: Client,
  id: string,
  { follow, level, output }: { readonly follow: boolean; readonly level?: string; readonly output: Output },
  out: Out,
): Promise<number> {
  const filter = level === undefined ? '' : `minLevel=${encodeURIComponent(level.toUpperCase())}`;
  const path = `/logs/${encodeURIComponent(id)}`;
  if (!follow) {
    await read(client, id);
    const lines = await client.ask<readonly LineAnswer[]>(`${path}?${filter}`);
    if (output === 'json') sayJson(out, lines);
    else for (const line of lines) out.write(`${lineText(line)}\n`);
    return 0;
  }
  const looking = new AbortController();
  const forget = onInterrupt(() => looking.abort());
  // One JSON value a line: whoever reads it reads while it goes on.
  for await (const event of client.follow(`${path}/follow?${filter}`, looking.signal)) {
    const line = (event.data === '' ? {} : JSON.parse(event.data)) as Partial<LineAnswer>;
    if (line.message !== undefined)
      out.write(`${output === 'json' ? JSON.stringify(line) : lineText(line as LineAnswer)}\n`);
  }
  forget();
  return looking.signal.aborted ? INTERRUPTED : 0;
}

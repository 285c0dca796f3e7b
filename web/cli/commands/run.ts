/**
 * `windhover run <flow.yaml|namespace/id>`: saves the file (if it is one), starts an execution, follows it. Ends with 0 for
 * SUCCESS and WARNING, 1 for any other end, 130 when the person stops looking: the execution goes on then.
 */

import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { LoadedConfig } from '../../../lib/config.ts';
import { Fault, isFault } from '../../../lib/errors.ts';
import { onInterrupt } from '../../../lib/service.ts';
import { type Client, type ExecutionAnswer, openClient } from '../client.ts';
import { textOfFile } from '../named-file.ts';
import { followLive, type Terminal } from './live.ts';
import { collected, inputsOf, pairsOf } from './pairs.ts';

const INTERRUPTED = 130;
const GOOD = new Set(['SUCCESS', 'WARNING']);

export interface RunOptions {
  readonly input: readonly string[];
  readonly label: readonly string[];
  readonly follow: boolean;
  readonly logs: boolean;
}

export interface FlowName {
  readonly namespace: string;
  readonly id: string;
}

export function addRunCommand(program: Command, load: () => LoadedConfig, finish: (code: number) => void): void {
  program
    .command('run <flow>')
    .description('start an execution of a flow: namespace/id, or a YAML file, which is saved first')
    .option('-i, --input <name=value>', 'an input; name=@file sends a file', collected, [])
    .option('-l, --label <name=value>', 'a label', collected, [])
    .option('-f, --follow', 'look on until it ends; the exit code is its result', false)
    .option('--logs', 'with the lines of its log (and --follow)', false)
    .action(async (flow: string, options: RunOptions) =>
      finish(await run(openClient(load().config), flow, options, process.stdout)),
    );
}

export async function run(client: Client, flow: string, options: RunOptions, out: Terminal): Promise<number> {
  const inputs = inputsOf(options.input);
  const labels = pairsOf(options.label, '--label');
  const name = isFile(flow) ? await saveFlow(client, textOfFile(flow), flow) : flowName(flow);
  const execution = await startExecution(client, name, inputs, labels);
  out.write(`${execution.id}  ${client.url}/ui/executions/${execution.id}\n`);
  if (!options.follow && !options.logs) return 0;
  return followed(client, execution.id, options, out);
}

/** The exit code is the execution's result. */
export async function followed(
  client: Client,
  id: string,
  { logs }: Pick<RunOptions, 'logs'>,
  out: Terminal,
): Promise<number> {
  const looking = new AbortController();
  const forget = onInterrupt(() => looking.abort());
  const ended = await followLive(client, id, { out, logs, signal: looking.signal });
  forget();
  if (!ended) {
    out.write(`The execution goes on: ${client.url}/ui/executions/${id}\n`);
    return INTERRUPTED;
  }
  return GOOD.has(ended.state.current) ? 0 : 1;
}

const isFile = (flow: string): boolean => /\.ya?ml$/i.test(flow) || (!flow.includes('/') && existsSync(flow));

export function flowName(text: string): FlowName {
  const slash = text.indexOf('/');
  if (slash <= 0 || slash === text.length - 1 || text.indexOf('/', slash + 1) > 0)
    throw new Fault('request.invalid', `expected a YAML file or namespace/id, such as company.team/hello, got ${text}`);
  return { namespace: text.slice(0, slash), id: text.slice(slash + 1) };
}

export const pathOf = ({ namespace, id }: FlowName): string =>
  `${encodeURIComponent(namespace)}/${encodeURIComponent(id)}`;
const YAML = { 'content-type': 'application/x-yaml' };

/** Creates the flow, or updates it where it exists; the server says which name the source holds. */
export async function saveFlow(client: Client, source: string, file: string): Promise<FlowName> {
  const name = nameIn(source);
  try {
    if (name && (await exists(client, name)))
      return await client.ask<FlowName>(`/flows/${pathOf(name)}`, { method: 'PUT', headers: YAML, body: source });
    return await client.ask<FlowName>('/flows', { method: 'POST', headers: YAML, body: source });
  } catch (error) {
    if (!isFault(error) || error.problems.length === 0) throw error;
    throw new Fault(error.code, `${file}: ${error.detail}`, { cause: error, problems: error.problems });
  }
}

/** Only to ask whether it exists: what the names really are is the server's to read. */
export function nameIn(source: string): FlowName | undefined {
  const textOf = (key: string): string | undefined =>
    new RegExp(`^${key}\\s*:\\s*["']?([\\w.-]+)`, 'm').exec(source)?.[1];
  const [namespace, id] = [textOf('namespace'), textOf('id')];
  return namespace && id ? { namespace, id } : undefined;
}

async function exists(client: Client, name: FlowName): Promise<boolean> {
  try {
    await client.ask(`/flows/${pathOf(name)}`);
    return true;
  } catch (error) {
    if (isFault(error) && error.status === 404) return false;
    throw error;
  }
}

export function startExecution(
  client: Client,
  name: FlowName,
  inputs?: FormData,
  labels: ReadonlyMap<string, string> = new Map(),
): Promise<ExecutionAnswer> {
  const query = new URLSearchParams([...labels].map(([key, value]) => ['labels', `${key}:${value}`]));
  const headers = { 'idempotency-key': uuid7(Date.now()) };
  return client.ask(`/executions/${pathOf(name)}${labels.size > 0 ? `?${query}` : ''}`, {
    method: 'POST',
    headers,
    ...(inputs && { body: inputs }),
  });
}

/** Of version 7: an execution whose key begins with the time has an id that does, as all others have. */
function uuid7(atMs: number): string {
  const time = atMs.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice('xxxxxxxx-xxxx-v'.length)}`;
}

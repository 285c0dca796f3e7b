/** Flows in files and on the server: `windhover flow push`, `list`, `show`, `export`. */
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { LoadedConfig } from '../../../lib/config.ts';
import { Fault, isFault, textOf } from '../../../lib/errors.ts';
import { type Client, openClient } from '../client.ts';
import { groupOf } from '../group.ts';
import { textOfFile } from '../named-file.ts';
import { countIn, type Out, type Output, outputOption, progressOn, sayJson, tableOf } from '../print.ts';
import { type FlowName, flowName, nameIn, pathOf, saveFlow } from './run.ts';

const PAGE = 100;
/** Of one listing or export. */
const FLOWS_MAX = 10_000;
const LIST_MAX = 50;

export interface FlowAnswer extends FlowName {
  readonly revision: number;
  readonly disabled?: boolean;
  readonly source?: string;
  readonly labels?: readonly { readonly key: string; readonly value: string }[];
  readonly description?: string;
}

interface Listing {
  readonly namespace?: string;
  readonly query?: string;
  readonly limit: number;
}

export function addFlowFileCommands(program: Command, load: () => LoadedConfig, finish: (code: number) => void): void {
  const flow = groupOf(program, 'flow', 'work on flows');
  const client = () => openClient(load().config);
  flow
    .command('push <paths...>')
    .description('save flow files on the server, or all below a folder; tests of flows (*.test.yaml) are left out')
    .addOption(outputOption())
    .action(async (paths: readonly string[], { output }: { output: Output }) =>
      finish(await push(client(), paths, output, process)),
    );
  flow
    .command('list')
    .description('the flows on the server')
    .option('-n, --namespace <namespace>', 'only those in it and below')
    .option('-q, --query <text>', 'only those whose names hold this')
    .option('--limit <count>', 'at most so many', countIn, LIST_MAX)
    .addOption(outputOption())
    .action(async ({ output, ...listing }: Listing & { output: Output }) =>
      finish(await list(client(), listing, output, process)),
    );
  flow
    .command('show <flow>')
    .description('the source of namespace/id; with --output json all that the server says of it')
    .option('-r, --revision <number>', 'an older one', countIn)
    .addOption(outputOption())
    .action(async (name: string, { revision, output }: { revision?: number; output: Output }) => {
      const found = await read(client(), flowName(name), revision);
      if (output === 'json') sayJson(process.stdout, found);
      else process.stdout.write(found.source!.endsWith('\n') ? found.source! : `${found.source}\n`);
      finish(0);
    });
  flow
    .command('export')
    .description('write the flows of the server into files: <folder>/<namespace>/<id>.yaml')
    .requiredOption('-d, --dir <folder>', 'where to')
    .option('-n, --namespace <namespace>', 'only those in it and below')
    .action(async ({ dir, namespace }: { dir: string; namespace?: string }) =>
      finish(await exportFlows(client(), dir, namespace, process)),
    );
}

interface Streams {
  readonly stdout: Out;
  readonly stderr: Out;
}

/** All are read before the first is saved; one that is refused stops none of the others. 1 if one was refused. */
export async function push(
  client: Client,
  paths: readonly string[],
  output: Output,
  { stdout, stderr }: Streams,
): Promise<number> {
  const files = paths.flatMap(filesIn);
  if (files.length === 0) throw new Fault('request.invalid', `expected YAML files in ${paths.join(', ')}, got none`);
  const sources = files.map((file) => [file, textOfFile(file)] as const);
  const progress = progressOn(stderr, files.length, 'flows');
  const results: { readonly file: string; readonly flow?: string; readonly result: string; readonly error?: string }[] =
    [];
  for (const [file, source] of sources) {
    progress.step(file);
    results.push({ file, ...(await pushed(client, source, file)) });
  }
  progress.end();
  if (output === 'json') sayJson(stdout, results);
  else {
    stdout.write(
      tableOf(
        ['FILE', 'FLOW', 'RESULT'],
        results.map(({ file, flow, result }) => [file, flow, result]),
      ),
    );
    for (const { error } of results) if (error !== undefined) stderr.write(`windhover: ${error}\n`);
  }
  return results.some(({ error }) => error !== undefined) ? 1 : 0;
}

async function pushed(
  client: Client,
  source: string,
  file: string,
): Promise<{ readonly flow?: string; readonly result: string; readonly error?: string }> {
  const name = nameIn(source);
  try {
    const before = name && (await read(client, name).catch(absent));
    if (before && before.source === source) return { flow: nameOf(before), result: `unchanged at ${before.revision}` };
    const saved = (await saveFlow(client, source, file)) as FlowAnswer;
    return { flow: nameOf(saved), result: before ? `updated to ${saved.revision}` : 'created' };
  } catch (error) {
    // Whether the server is there does not depend on the file.
    if (!isFault(error) || error.retry || error.status === 401) throw error;
    const problems = error.problems.map(({ line, path, message }) => `\n  ${line ?? '?'}: ${path}: ${message}`);
    return { flow: name && nameOf(name), result: 'refused', error: `${error.message}${problems.join('')}` };
  }
}

function absent(error: unknown): undefined {
  if (isFault(error) && error.status === 404) return undefined;
  throw error;
}

const nameOf = ({ namespace, id }: FlowName): string => `${namespace}/${id}`;

export function filesIn(path: string): readonly string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.ya?ml$/i.test(name) && !/\.test\.ya?ml$/i.test(name))
      .sort()
      .map((name) => join(path, name));
  } catch (error) {
    throw new Fault('request.invalid', `expected a file or folder that can be read, got ${path} (${textOf(error)})`);
  }
}

const read = (client: Client, name: FlowName, revision?: number): Promise<FlowAnswer> =>
  client.ask(`/flows/${pathOf(name)}?source=true${revision === undefined ? '' : `&revision=${revision}`}`);

async function found(client: Client, { namespace, query, limit }: Listing): Promise<readonly FlowAnswer[]> {
  const asked = new URLSearchParams({ size: String(PAGE), sort: 'id:asc' });
  if (namespace !== undefined) asked.set('namespace', namespace);
  if (query !== undefined) asked.set('q', query);
  const flows: FlowAnswer[] = [];
  for (let page = 1; flows.length < limit; page++) {
    asked.set('page', String(page));
    const { results } = await client.ask<{ readonly results: readonly FlowAnswer[] }>(`/flows/search?${asked}`);
    flows.push(...results);
    if (results.length < PAGE) break;
  }
  return flows.slice(0, limit);
}

async function list(client: Client, listing: Listing, output: Output, { stdout }: Streams): Promise<number> {
  const flows = await found(client, listing);
  if (output === 'json') sayJson(stdout, flows);
  else if (flows.length === 0) stdout.write('No flows are there. Save one: windhover flow push hello.yaml\n');
  else
    stdout.write(
      tableOf(
        ['NAMESPACE', 'ID', 'REVISION', 'DISABLED', 'DESCRIPTION'],
        flows.map(({ namespace, id, revision, disabled, description }) => [
          ...[namespace, id, String(revision), disabled ? 'yes' : ''],
          description,
        ]),
      ),
    );
  return 0;
}

async function exportFlows(
  client: Client,
  folder: string,
  namespace: string | undefined,
  { stdout, stderr }: Streams,
): Promise<number> {
  const flows = await found(client, { namespace, limit: FLOWS_MAX });
  const progress = progressOn(stderr, flows.length, 'flows');
  for (const flow of flows) {
    progress.step(nameOf(flow));
    const { source } = await read(client, flow);
    mkdirSync(join(folder, flow.namespace), { recursive: true });
    writeFileSync(join(folder, flow.namespace, `${flow.id}.yaml`), source!);
  }
  progress.end();
  stdout.write(`${flows.length} flows in ${folder}\n`);
  return 0;
}

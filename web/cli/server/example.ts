/**
 * The example of `npm start`: saves a flow over REST at the server that runs, runs it, looks on live, downloads its file, and
 * says where to go on. What a person would do, by the same doors.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { addressFile } from '../../../lib/data-folder.ts';
import type { Parts } from '../../../lib/launch/parts.ts';
import { type Client, type ExecutionAnswer, openClient } from '../client.ts';
import { followLive } from '../commands/live.ts';
import { saveFlow, startExecution } from '../commands/run.ts';

const FLOW = fileURLToPath(new URL('../../../test/flows/csv-sums.yaml', import.meta.url));
const FILE = /^kestra:\/\/.*/;

/** 0 if and only if the example ended SUCCESS. The webserver listens already; `signal` ends the looking. */
export async function runExample({ loaded, data }: Parts, signal: AbortSignal): Promise<number> {
  const out = process.stdout;
  const url = readFileSync(addressFile(data.path), 'utf8').trim();
  const client = openClient({ ...loaded.config, url, token: readFileSync(data.token, 'utf8').trim() });
  const name = await saveFlow(client, readFileSync(FLOW, 'utf8'), FLOW);
  out.write(`\nAn example, ${name.namespace}/${name.id}:\n`);
  const { id } = await startExecution(client, name);
  const ended = await followLive(client, id, { out, logs: false, signal });
  if (signal.aborted) return 1;
  if (ended?.state.current !== 'SUCCESS') {
    out.write(`The example ended ${ended?.state.current ?? 'unseen'}: ${url}/ui/executions/${id}\n`);
    return 1;
  }
  for (const file of filesOf(ended)) out.write(`${await download(client, id, file)}\n`);
  out.write(
    `\n  this execution   ${url}/ui/executions/${id}\n` +
      `  all of them      ${url}/ui/executions\n` +
      '  a flow of yours  npx windhover run my-flow.yaml --follow\n' +
      '  how it works     README.md, ARCHITECTURE.md\n' +
      '  Ctrl-C stops everything.\n\n',
  );
  return 0;
}

/** The files among the outputs of all task runs, each once. */
function filesOf({ taskRunList = [] }: ExecutionAnswer): string[] {
  const found = new Set<string>();
  const stack: unknown[] = taskRunList.map(({ outputs }) => outputs);
  for (let value = stack.pop(); stack.length > 0 || value !== undefined; value = stack.pop()) {
    if (typeof value === 'string' && FILE.test(value)) found.add(value);
    else if (typeof value === 'object' && value !== null) stack.push(...Object.values(value));
  }
  return [...found];
}

async function download(client: Client, executionId: string, uri: string): Promise<string> {
  const path = `/executions/${executionId}/file?path=${encodeURIComponent(uri)}`;
  const content = await (await client.open(path)).text();
  const rows = content.split('\n').length - (content.endsWith('\n') ? 1 : 0);
  return `  downloaded       ${uri.split('/').at(-1)}: ${rows.toLocaleString('en')} lines, ${Buffer.byteLength(content).toLocaleString('en')} bytes (${client.url}/api/v1/main${path})`;
}

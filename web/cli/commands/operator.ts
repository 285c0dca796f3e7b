/** `windhover services`: which servers live; `windhover dead-letters list|show|retry|discard`: messages that were given up. */
import type { Command } from 'commander';
import type { LoadedConfig } from '../../../lib/config.ts';
import { type Client, openClient } from '../client.ts';
import { countIn, type Out, type Output, outputOption, sayJson, tableOf } from '../print.ts';
import { each } from './each.ts';

const LIST_MAX = 100;

interface ServiceAnswer {
  readonly id: string;
  readonly role: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly startedAt: string;
  readonly partitions: readonly string[];
  readonly threads?: number;
  readonly threadsFree?: number;
}

interface ServicesAnswer {
  readonly results: readonly ServiceAnswer[];
  readonly unownedPartitions: readonly string[];
  readonly partitions: readonly { readonly messagesWaiting: number; readonly commitsBehind: number }[];
  readonly groups: readonly { readonly group: string; readonly workers: number; readonly parcelsWaiting: number }[];
}

interface LetterAnswer {
  readonly id: string;
  readonly date: string;
  readonly reason: string;
  readonly kind?: string;
  readonly executionId?: string;
  readonly flow?: string;
  readonly messages?: readonly object[];
  readonly unreadable?: string;
}

export function addOperatorCommands(program: Command, load: () => LoadedConfig, finish: (code: number) => void): void {
  const client = () => openClient(load().config);
  program
    .command('services')
    .description('which servers live, since when, and which partitions they own')
    .addOption(outputOption())
    .action(async ({ output }: { output: Output }) => finish(await services(client(), output, process.stdout)));
  const letters = program
    .command('dead-letters')
    .description('look at messages that were given up, send them again or throw them away');
  letters
    .command('list')
    .description('the latest ones')
    .option('--limit <count>', 'at most so many', countIn, LIST_MAX)
    .addOption(outputOption())
    .action(async ({ limit, output }: { limit: number; output: Output }) =>
      finish(await list(client(), limit, output, process.stdout)),
    );
  letters
    .command('show <id>')
    .description('what it says, and why it was given up')
    .addOption(outputOption())
    .action(async (id: string, { output }: { output: Output }) =>
      finish(show(await client().ask<LetterAnswer>(pathTo(id)), output, process.stdout)),
    );
  letters
    .command('retry <ids...>')
    .description('send them once more; what has ended meanwhile stays as it is')
    .action(async (ids: readonly string[]) => {
      const act = (id: string) => client().ask(`${pathTo(id)}/retry`, { method: 'POST' });
      finish(await each(ids, { what: 'letters', done: 'sent again' }, act, process));
    });
  letters
    .command('discard <ids...>')
    .description('throw them away')
    .action(async (ids: readonly string[]) => {
      const act = (id: string) => client().ask(pathTo(id), { method: 'DELETE' });
      finish(await each(ids, { what: 'letters', done: 'discarded' }, act, process));
    });
}

const pathTo = (id: string): string => `/dead-letters/${encodeURIComponent(id)}`;
const timeText = (date: string): string => date.slice(0, 19).replace('T', ' ');

async function services(client: Client, output: Output, out: Out): Promise<number> {
  const answer = await client.ask<ServicesAnswer>('/services');
  if (output === 'json') {
    sayJson(out, answer);
    return 0;
  }
  const rows = answer.results.map(({ role, id, host, pid, version, startedAt, partitions, threads, threadsFree }) => [
    ...[role, id, host, String(pid), version, timeText(startedAt)],
    threads === undefined ? String(partitions.length || '') : `${threadsFree} of ${threads} threads free`,
  ]);
  out.write(tableOf(['ROLE', 'ID', 'HOST', 'PID', 'VERSION', 'SINCE', 'PARTITIONS'], rows));
  for (const line of waitingLines(answer)) out.write(`${line}\n`);
  return 0;
}

/** What an operator should hear of; none where nothing waits. */
function waitingLines({ unownedPartitions: unowned, partitions, groups }: ServicesAnswer): string[] {
  const messages = partitions.reduce((sum, { messagesWaiting }) => sum + messagesWaiting, 0);
  const commits = partitions.reduce((sum, { commitsBehind }) => sum + commitsBehind, 0);
  return [
    ...(unowned.length > 0 ? [`Nobody owns ${unowned.join(', ')}`] : []),
    ...(messages > 0 ? [`Messages that wait for an executor: ${messages}`] : []),
    ...(commits > 0 ? [`Commits that the indexer has not copied yet: ${commits}`] : []),
    ...groups
      .filter(({ parcelsWaiting }) => parcelsWaiting > 0)
      .map((each) => `Parcels that wait for a worker of ${each.group} (${each.workers} live): ${each.parcelsWaiting}`),
  ];
}

async function list(client: Client, limit: number, output: Output, out: Out): Promise<number> {
  const { results } = await client.ask<{ results: readonly LetterAnswer[] }>(`/dead-letters?size=${limit}`);
  if (output === 'json') sayJson(out, results);
  else if (results.length === 0) out.write('No message was given up.\n');
  else {
    const rows = results.map(({ id, date, kind, executionId, flow, reason }) => [
      ...[id, timeText(date), kind, executionId ?? flow, reason],
    ]);
    out.write(tableOf(['ID', 'CAME', 'KIND', 'OF', 'REASON'], rows));
  }
  return 0;
}

function show(letter: LetterAnswer, output: Output, out: Out): number {
  if (output === 'json') sayJson(out, letter);
  else {
    out.write(`${letter.id}  ${timeText(letter.date)}\n${letter.reason}\n`);
    out.write(letter.messages ? `${JSON.stringify(letter.messages, null, 2)}\n` : `${letter.unreadable}\n`);
  }
  return 0;
}

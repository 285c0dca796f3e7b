/**
 * `windhover token create|list|revoke`: what programs sign in with; `windhover user create|list|remove`: people. A new token is all
 * that is written to stdout, so that a script can take it.
 */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { LoadedConfig } from '../../../lib/config.ts';
import { Fault } from '../../../lib/errors.ts';
import { ROLES, SCOPES } from '../../../lib/model/scope.ts';
import { type Client, openClient } from '../client.ts';
import { askedPassword } from '../password.ts';
import { type Output, outputOption, sayJson, tableOf } from '../print.ts';
import { each } from './each.ts';

interface TokenAnswer {
  readonly id: string;
  readonly name: string;
  readonly user: string;
  readonly scope: string;
  readonly created?: string;
  readonly expires?: string;
  readonly lastUsed?: string;
}

interface TokenOptions {
  readonly name: string;
  readonly scope: string;
  readonly expires?: string;
  readonly output: Output;
}

type Finish = (code: number) => void;

export function addAccessCommands(program: Command, load: () => LoadedConfig, finish: Finish): void {
  const client = () => openClient(load().config);
  addTokenCommands(
    program.command('token').description('what programs sign in with (WINDHOVER_TOKEN)'),
    client,
    finish,
  );
  addUserCommands(program.command('user').description('people who sign in, and what they may do'), client, finish);
}

function addTokenCommands(tokens: Command, client: () => Client, finish: Finish): void {
  tokens
    .command('create')
    .description('make one; it is shown only now')
    .requiredOption('--name <name>', 'what it is for')
    .addOption(scopeOption())
    .option('--expires <after>', 'when it ends by itself, such as 30d or 12h', ageIn)
    .addOption(outputOption())
    .action(async (options: TokenOptions) => finish(await createToken(client(), options)));
  tokens
    .command('list')
    .description('those that there are, also of command lines and of workers')
    .addOption(outputOption())
    .action(async ({ output }: { output: Output }) => {
      const found = await allTokens(client());
      if (output === 'json') sayJson(process.stdout, found);
      else process.stdout.write(tokenTable(found));
      finish(0);
    });
  tokens
    .command('revoke <tokens...>')
    .description('end them, by their ids or names; all of that name')
    .action(async (given: readonly string[]) => {
      const asked = client();
      const known = await allTokens(asked);
      const revoke = async (one: string) => {
        const meant = known.filter(({ id, name }) => id === one || name === one);
        if (meant.length === 0) throw new Fault('token.unknown', `expected the id or the name of a token, got ${one}`);
        for (const { id } of meant) await asked.ask(`/tokens/${id}`, { method: 'DELETE' });
      };
      finish(await each(given, { what: 'tokens', done: 'revoked' }, revoke, process));
    });
}

function addUserCommands(users: Command, client: () => Client, finish: Finish): void {
  users
    .command('create <name>')
    .description('make one; their password is asked for, or read from stdin')
    .addOption(
      new Option('--role <role>', 'viewers look; editors write flows and run them; admins do everything')
        .choices(ROLES)
        .makeOptionMandatory(),
    )
    .action(async (username: string, { role }: { role: string }) => {
      await client().ask('/users', sent({ username, role, password: await askedPassword() }));
      process.stdout.write(`${username} created\n`);
      finish(0);
    });
  users
    .command('list')
    .description('those that there are')
    .addOption(outputOption())
    .action(async ({ output }: { output: Output }) => {
      const { results } = await client().ask<{ results: readonly { username: string; role: string }[] }>('/users');
      if (output === 'json') sayJson(process.stdout, results);
      else
        process.stdout.write(
          tableOf(
            ['USER', 'ROLE'],
            results.map(({ username, role }) => [username, role]),
          ),
        );
      finish(0);
    });
  users
    .command('remove <names...>')
    .description('remove them; their sessions and tokens end')
    .action(async (names: readonly string[]) => {
      const asked = client();
      const remove = (name: string) => asked.ask(`/users/${encodeURIComponent(name)}`, { method: 'DELETE' });
      finish(await each(names, { what: 'users', done: 'removed' }, remove, process));
    });
}

const scopeOption = (): Option =>
  new Option(
    '--scope <scope>',
    'what it may do, each with those before it: look, start and stop, write flows, everything',
  )
    .choices(SCOPES)
    .makeOptionMandatory();

async function createToken(client: Client, { name, scope, expires, output }: TokenOptions): Promise<number> {
  const made = await client.ask<TokenAnswer & { readonly fullToken: string }>(
    '/tokens',
    sent({ name, scope, maxAge: expires }),
  );
  if (output === 'json') sayJson(process.stdout, made);
  else {
    process.stdout.write(`${made.fullToken}\n`);
    const until = made.expires === undefined ? 'until it is revoked' : `until ${timeText(made.expires)}`;
    process.stderr.write(`${name} (${made.id}) has the scope ${scope}, ${until}. It is shown only now.\n`);
  }
  return 0;
}

const allTokens = async (client: Client): Promise<readonly TokenAnswer[]> =>
  (await client.ask<{ results: readonly TokenAnswer[] }>('/tokens')).results;

const tokenTable = (tokens: readonly TokenAnswer[]): string =>
  tableOf(
    ['ID', 'NAME', 'USER', 'SCOPE', 'CREATED', 'EXPIRES', 'LAST USED'],
    tokens.map(({ id, name, user, scope, created, expires, lastUsed }) => [
      ...[id, name, user, scope, timeText(created), timeText(expires), timeText(lastUsed)],
    ]),
  );

const timeText = (date: string | undefined): string => date?.slice(0, 16).replace('T', ' ') ?? '';

const sent = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** `30d` as the interface says it: `P30D`. */
function ageIn(text: string): string {
  const [, count, unit = ''] = /^([1-9]\d{0,6})([mhd])$/.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError('expected a number with m, h or d, such as 30d.');
  return unit === 'd' ? `P${count}D` : `PT${count}${unit.toUpperCase()}`;
}

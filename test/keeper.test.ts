/** How the vault is asked about whoever asks: once for all of a turn, and always anew. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepToken, tokenKey } from '../lib/bus/credentials.ts';
import { openMemoryBus } from '../lib/bus/memory/open.ts';
import type { Vault } from '../lib/bus/vault.ts';
import { Accounts } from '../web/server/auth/accounts.ts';
import { Keeper } from '../web/server/auth/keeper.ts';
import { eventually } from './support/eventually.ts';

const HERE = '127.0.0.1';

/** A vault that notes which keys were read and replaced. */
function aVault() {
  const { vault } = openMemoryBus({ partitions: 1, clock: { now: () => Date.now() } });
  const read: string[] = [];
  const replaced: string[] = [];
  const noting: Vault = {
    ...vault,
    get: (key) => {
      read.push(key);
      return vault.get(key);
    },
    replace: (key, value) => {
      replaced.push(key);
      return vault.replace(key, value);
    },
  };
  return { vault: noting, read, replaced };
}
const aKeptToken = (vault: Vault, token: string, ttlMs?: number) =>
  keepToken(vault, token, { user: 'ada', scope: 'run', token: 'ci', ttlMs });

test('looking once for all who come in one turn with the same secret, and anew in the next', async () => {
  const { vault, read } = aVault();
  const keeper = new Keeper(vault);
  await aKeptToken(vault, 'one');
  const ask = (token: string) => keeper.principalOf(`Bearer ${token}`, undefined, HERE);
  const found = await Promise.all([...Array(20)].map((_, n) => ask(n % 2 ? 'one' : 'two')));
  assert.deepEqual(
    found.map((each) => each?.scope),
    [...Array(20)].map((_, n) => (n % 2 ? 'run' : undefined)),
  );
  assert.deepEqual(read.toSorted(), [tokenKey('one'), tokenKey('two')].sort());
  assert.equal((await ask('one'))?.user, 'ada');
  assert.equal(read.length, 3);
});

test('letting nobody in by what was true before they came', async () => {
  const { vault } = aVault();
  const keeper = new Keeper(vault);
  await aKeptToken(vault, 'one');
  const before = keeper.principalOf('Bearer one', undefined, HERE);
  // Whoever has revoked it in this turn, and asks in it too, is not let in by the look of the other.
  await vault.remove(tokenKey('one'));
  const after = keeper.principalOf('Bearer one', undefined, HERE);
  assert.deepEqual(await Promise.all([before, after]), [undefined, undefined]);
});

test('writing down the use of a token once in a while, and bringing back none that was revoked', async () => {
  const { vault, replaced } = aVault();
  const keeper = new Keeper(vault);
  await aKeptToken(vault, 'one');
  const ask = () => keeper.principalOf('Bearer one', undefined, HERE);
  for (let n = 0; n < 5; n++) await ask();
  const accounts = new Accounts(vault);
  const [token] = await eventually(async () => {
    const tokens = await accounts.tokens();
    return tokens[0]?.usedAtMs !== undefined && tokens;
  });
  assert.deepEqual(replaced, [tokenKey('one')]);
  await accounts.revokeToken(token!.id);
  assert.equal(await ask(), undefined);
  assert.equal(await vault.replace(tokenKey('one'), '{}'), false);
  assert.deepEqual(await accounts.tokens(), []);
});

test('opening no session for a user who was removed while signing in', async () => {
  const { vault } = aVault();
  const keeper = new Keeper(vault);
  const accounts = new Accounts(vault);
  await accounts.makeUser({ name: 'ada', role: 'editor' }, 'correct-horse');
  const ada = await keeper.signIn('ada', 'correct-horse', HERE);
  assert.deepEqual(ada, { user: 'ada', scope: 'edit' });
  const link = await keeper.makeLink('ada');
  await accounts.removeUser('ada');
  assert.equal(await keeper.openSession(ada!), undefined);
  assert.deepEqual(await vault.keys('session/'), []);
  assert.equal(await keeper.useLink(link), undefined);
  assert.equal(await keeper.signIn('ada', 'correct-horse', HERE), undefined);
});

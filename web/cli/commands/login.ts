/**
 * `windhover login <url>`: signs in to a server and keeps the session, so that later commands talk to it. `windhover logout` ends
 * it. The password is kept nowhere.
 */
import type { Command } from 'commander';
import { Fault } from '../../../lib/errors.ts';
import { API, reach, refusal } from '../client.ts';
import { forgetLogin, keepLogin, readLogin } from '../login-file.ts';
import { askedPassword } from '../password.ts';
import type { Out } from '../print.ts';

export function addLoginCommands(program: Command, finish: (code: number) => void): void {
  program
    .command('login <url>')
    .description('sign in to a server; later commands talk to it')
    .requiredOption('-u, --user <name>', 'the user')
    .action(async (url: string, { user }: { user: string }) => {
      finish(await login(url, user, await askedPassword(), process.stdout));
    });
  program
    .command('logout')
    .description('end the session of windhover login')
    .action(async () => finish(await logout(process.stdout)));
}

export async function login(given: string, user: string, password: string, out: Out): Promise<number> {
  if (!/^https?:\/\/[^/]+/.test(given))
    throw new Fault('request.invalid', `expected an address such as https://windhover.example.com, got ${given}`);
  const url = given.replace(/\/+$/, '');
  const answer = await reach(url, `${url}${API}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: user, password }),
  });
  if (!answer.ok) throw refusal(answer.status, await answer.text());
  // A server with authentication off sets none, and needs none.
  const cookie = answer.headers
    .getSetCookie()
    .map((each) => each.split(';')[0]!)
    .join('; ');
  keepLogin({ url, user, cookie });
  out.write(`Signed in to ${url} as ${user}.\n`);
  return 0;
}

export async function logout(out: Out): Promise<number> {
  const known = readLogin();
  if (!known) {
    out.write('Nobody is signed in.\n');
    return 0;
  }
  forgetLogin();
  const { url, cookie } = known;
  await reach(url, `${url}${API}/logout`, { method: 'POST', headers: { cookie } });
  out.write(`Signed out of ${url}.\n`);
  return 0;
}

/** Where somebody has signed in: one server, kept below the home folder, readable by its owner alone. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Login {
  /** Such as `https://windhover.example.com`. */
  readonly url: string;
  readonly user: string;
  /** The session's cookie, as `name=secret`. */
  readonly cookie: string;
}

export const loginFile = (): string => join(homedir(), '.config', 'windhover', 'login.json');

export function readLogin(file = loginFile()): Login | undefined {
  try {
    const { url, user, cookie } = JSON.parse(readFileSync(file, 'utf8')) as Login;
    return typeof url === 'string' && typeof cookie === 'string' ? { url, user, cookie } : undefined;
  } catch {
    return undefined; // Nobody has signed in, or the file is torn: signing in writes it anew.
  }
}

export function keepLogin(login: Login, file = loginFile()): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  rmSync(file, { force: true });
  writeFileSync(file, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600 });
}

export const forgetLogin = (file = loginFile()): void => rmSync(file, { force: true });

/**
 * Where Redis is, as `REDIS_URL` says it: a socket, one server, the master that sentinels know of, or a cluster. Read here and
 * nowhere else. Pure.
 *
 * `/path/of.sock` · `redis://user:password@host:port/db` · `redis+sentinel://…@host:port,host:port/master/db` ·
 * `redis+cluster://…@host:port,host:port`; `rediss…` is over TLS.
 */
import { isAbsolute } from 'node:path';
import { Fault } from '../../errors.ts';

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** What a server is told by who connects. */
export interface Access {
  readonly username?: string;
  readonly password?: string;
  readonly db?: number;
  readonly tls?: object;
  /** Of IP: 4 or 6. */
  readonly family?: number;
}

export type Address =
  | { readonly kind: 'socket'; readonly path: string; readonly access: Access }
  | { readonly kind: 'single'; readonly place: Place; readonly access: Access }
  | {
      readonly kind: 'sentinel';
      readonly sentinels: readonly Place[];
      /** What the sentinels call the master. */
      readonly master: string;
      readonly access: Access;
      /** Of the sentinels themselves. */
      readonly sentinelAccess: Pick<Access, 'username' | 'password'>;
    }
  | { readonly kind: 'cluster'; readonly nodes: readonly Place[]; readonly access: Access };

const URL_FORM =
  /^(?<scheme>rediss?)(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<user>[^@/?]*)@)?(?<places>[^@/?]+)(?:\/(?<path>[^?]*))?(?:\?(?<query>.*))?$/;
const PLACE_FORM = /^(?<host>\[[^\]]+\]|[^:]+)(?::(?<port>\d+))?$/;
const PORT = 6_379;
const SENTINEL_PORT = 26_379;

/** Throws `config.invalid`. */
export function addressOf(url: string): Address {
  if (isAbsolute(url)) return { kind: 'socket', path: url, access: {} };
  const { scheme, kind, user, places = '', path = '', query } = URL_FORM.exec(url)?.groups ?? refuse(url);
  const words = new URLSearchParams(query);
  const [first = '', second = ''] = path.split('/');
  const access = { ...credentials(user), ...options(scheme!, kind === 'sentinel' ? second : first, words) };
  const at = (port: number) => places.split(',').map((text) => placeOf(text, port));
  if (kind === 'cluster') {
    if (access.db) throw new Fault('config.invalid', `redisUrl: expected database 0 of a cluster, got ${access.db}`);
    return { kind, nodes: at(PORT), access };
  }
  if (kind === 'sentinel') {
    if (first === '')
      throw new Fault('config.invalid', `redisUrl: expected the master's name behind the sentinels, got ${places}`);
    const [username, password] = [words.get('sentinelUsername'), words.get('sentinelPassword')];
    const sentinelAccess = { ...(username ? { username } : {}), ...(password ? { password } : {}) };
    return { kind, sentinels: at(SENTINEL_PORT), master: decodeURIComponent(first), access, sentinelAccess };
  }
  const [place, ...more] = at(PORT);
  if (more.length > 0)
    throw new Fault(
      'config.invalid',
      `redisUrl: expected one host, or redis+sentinel:// or redis+cluster://, got ${places}`,
    );
  return { kind: 'single', place: place!, access };
}

/** Without a password: for logs and for `doctor`. */
export function addressText(address: Address): string {
  const listOf = (places: readonly Place[]) => places.map(({ host, port }) => `${host}:${port}`).join(',');
  switch (address.kind) {
    case 'socket':
      return address.path;
    case 'single':
      return listOf([address.place]);
    case 'sentinel':
      return `${address.master} of the sentinels ${listOf(address.sentinels)}`;
    case 'cluster':
      return `the cluster of ${listOf(address.nodes)}`;
  }
}

function refuse(url: string): never {
  const shown = url.replace(/\/\/[^@/]*@/, '//…@');
  throw new Fault(
    'config.invalid',
    `redisUrl: expected redis://…, redis+sentinel://…, redis+cluster://… or the path of a socket, got ${shown}`,
  );
}

function placeOf(text: string, port: number): Place {
  const found = PLACE_FORM.exec(text)?.groups;
  if (!found) throw new Fault('config.invalid', `redisUrl: expected host:port, got ${text}`);
  return { host: found.host!.replace(/^\[|\]$/g, ''), port: Number(found.port ?? port) };
}

function credentials(user: string | undefined): Access {
  if (user === undefined || user === '') return {};
  const [username = '', ...password] = user.split(':');
  return {
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password.length === 0 ? {} : { password: decodeURIComponent(password.join(':')) }),
  };
}

function options(scheme: string, database: string, words: URLSearchParams): Access {
  const family = words.get('family');
  if (database !== '' && !/^\d+$/.test(database))
    throw new Fault('config.invalid', `redisUrl: expected the number of a database, got ${database}`);
  return {
    ...(database === '' ? {} : { db: Number(database) }),
    ...(scheme === 'rediss' ? { tls: {} } : {}),
    ...(family === null ? {} : { family: Number(family) }),
  };
}

/**
 * A name's addresses, each checked. They are what is connected to: nothing is resolved a second time, so a name that answers
 * differently the next time gains nothing.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { TaskError } from '../../../plugins/sdk/index.ts';
import { judge } from './address.ts';

export interface Address {
  readonly address: string;
  readonly family: number;
}

export type Resolver = (hostname: string) => Promise<readonly Address[]>;

export interface Reachable {
  /** Loopback and private addresses may be reached. */
  readonly allowPrivate: boolean;
  /** Instead of the system's resolver. */
  readonly resolve?: Resolver;
}

const ADDRESSES_MAX = 20;
const systemResolver: Resolver = (hostname) => lookup(hostname, { all: true });

/** Throws a TaskError if the name has none, or if one of them may not be reached: then the others are not tried either. */
export async function addressesOf(hostname: string, reachable: Reachable): Promise<readonly Address[]> {
  const name = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(name);
  const found = family === 0 ? await resolved(name, reachable.resolve ?? systemResolver) : [{ address: name, family }];
  for (const { address } of found) refuse(name, address, reachable.allowPrivate);
  return found.slice(0, ADDRESSES_MAX);
}

/** Throws a TaskError if the name is an address that may not be reached. */
export function refuseLiteral(hostname: string, { allowPrivate }: Reachable): void {
  const name = hostname.replace(/^\[|\]$/g, '');
  if (isIP(name) !== 0) refuse(name, name, allowPrivate);
}

async function resolved(name: string, resolve: Resolver): Promise<readonly Address[]> {
  try {
    const found = await resolve(name);
    if (found.length > 0) return found;
  } catch (cause) {
    throw new TaskError(`expected a host that is known, got ${name} (${codeOf(cause)})`, { cause });
  }
  throw new TaskError(`expected a host with an address, got ${name}`);
}

function refuse(name: string, address: string, allowPrivate: boolean): void {
  const { reach, kind } = judge(address);
  if (reach === 'public' || (reach === 'private' && allowPrivate)) return;
  const got = name === address ? address : `${address} for ${name}`;
  if (reach === 'never') throw new TaskError(`expected an address that tasks may reach, got ${got} (${kind})`);
  throw new TaskError(
    `expected a public address, got ${got} (${kind}): the setting httpAllowPrivate (WINDHOVER_HTTP_ALLOW_PRIVATE) allows loopback and private ones`,
  );
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

/** Digest credentials (RFC 7616): the answer to a server's challenge. */
import { createHash, randomBytes } from 'node:crypto';

const HASHES: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' };
const PARAMETER = /([a-z0-9-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/gi;
const CHALLENGE_CHARS_MAX = 4_096;

export interface DigestGiven {
  readonly username: string;
  readonly password: string;
  readonly method: string;
  /** Path and query. */
  readonly uri: string;
}

/** The Authorization header, or undefined where no challenge can be answered. `nonce` is ours. */
export function digestAnswer(
  challenges: readonly string[],
  given: DigestGiven,
  nonce = randomBytes(16).toString('hex'),
): string | undefined {
  const found = challenges.find((text) => /^digest\s/i.test(text) && text.length <= CHALLENGE_CHARS_MAX);
  if (found === undefined) return undefined;
  const challenge = parametersOf(found.slice('digest'.length));
  const algorithm = challenge.get('algorithm') ?? 'MD5';
  const hash = HASHES[algorithm.toUpperCase().replace(/-SESS$/, '')];
  const asks = challenge
    .get('qop')
    ?.split(',')
    .map((text) => text.trim());
  if (hash === undefined || (asks && !asks.includes('auth'))) return undefined;
  const digest = (...parts: readonly string[]): string => createHash(hash).update(parts.join(':')).digest('hex');
  const { realm = '', nonce: theirs = '', opaque } = Object.fromEntries(challenge);
  const plain = digest(given.username, realm, given.password);
  const secret = /-sess$/i.test(algorithm) ? digest(plain, theirs, nonce) : plain;
  const request = digest(given.method, given.uri);
  const count = '00000001';
  const response = asks ? digest(secret, theirs, count, nonce, 'auth', request) : digest(secret, theirs, request);
  const parts = [
    `username="${quoted(given.username)}"`,
    `realm="${quoted(realm)}"`,
    `nonce="${quoted(theirs)}"`,
    `uri="${quoted(given.uri)}"`,
    `response="${response}"`,
    `algorithm=${algorithm}`,
    ...(opaque === undefined ? [] : [`opaque="${quoted(opaque)}"`]),
    ...(asks ? ['qop=auth', `nc=${count}`, `cnonce="${nonce}"`] : []),
  ];
  return `Digest ${parts.join(', ')}`;
}

function parametersOf(text: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [, name = '', quotedText, bare = ''] of text.matchAll(PARAMETER))
    parameters.set(name.toLowerCase(), quotedText?.replace(/\\(.)/g, '$1') ?? bare);
  return parameters;
}

const quoted = (text: string): string => text.replace(/["\\]/g, '\\$&');

/**
 * Which addresses a task may reach: public ones always, loopback and private ones where the configuration allows it, and
 * never what no server answers to or what gives away the machine (link-local, where clouds keep their credentials). An
 * address that carries another one (v4 in v6) is judged by both.
 */
import { BlockList, isIPv4, isIPv6 } from 'node:net';

export type Reach = 'public' | 'private' | 'never';

export interface Judged {
  readonly reach: Reach;
  /** What kind of address it is, for people. */
  readonly kind: string;
}

/** The first that fits counts: single addresses stand before the ranges that hold them. */
const RANGES: readonly (readonly [network: string, bits: number, reach: Reach, kind: string])[] = [
  ['100.100.100.200', 32, 'never', 'instance metadata'],
  ['fd00:ec2::254', 128, 'never', 'instance metadata'],
  ['0.0.0.0', 8, 'never', 'this host'],
  ['10.0.0.0', 8, 'private', 'private'],
  ['100.64.0.0', 10, 'private', 'shared'],
  ['127.0.0.0', 8, 'private', 'loopback'],
  ['169.254.0.0', 16, 'never', 'link-local'],
  ['172.16.0.0', 12, 'private', 'private'],
  ['192.0.0.0', 24, 'never', 'reserved'],
  ['192.0.2.0', 24, 'private', 'documentation'],
  ['192.88.99.0', 24, 'never', 'reserved'],
  ['192.168.0.0', 16, 'private', 'private'],
  ['198.18.0.0', 15, 'private', 'benchmark'],
  ['198.51.100.0', 24, 'private', 'documentation'],
  ['203.0.113.0', 24, 'private', 'documentation'],
  ['224.0.0.0', 4, 'never', 'multicast'],
  ['240.0.0.0', 4, 'never', 'reserved'],
  ['::', 128, 'never', 'this host'],
  ['::1', 128, 'private', 'loopback'],
  ['100::', 64, 'never', 'discarding'],
  ['2001::', 32, 'never', 'tunnel'],
  ['2001:db8::', 32, 'private', 'documentation'],
  ['fc00::', 7, 'private', 'private'],
  ['fe80::', 10, 'never', 'link-local'],
  ['fec0::', 10, 'private', 'private'],
  ['ff00::', 8, 'never', 'multicast'],
];

const lists = RANGES.map(([network, bits, reach, kind]) => {
  const list = new BlockList();
  const family = isIPv4(network) ? 'ipv4' : 'ipv6';
  list.addSubnet(network, bits, family);
  return { list, family, judged: { reach, kind } };
});
const PUBLIC: Judged = { reach: 'public', kind: 'public' };
const STRICTNESS: Readonly<Record<Reach, number>> = { public: 0, private: 1, never: 2 };

/** Throws nothing: what is no address is never reached. */
export function judge(address: string): Judged {
  if (isIPv4(address)) return inRanges(address, 'ipv4');
  if (!isIPv6(address)) return { reach: 'never', kind: 'unreadable' };
  const groups = groupsOf(address);
  const plain = groups.map((group) => group.toString(16)).join(':');
  const own = inRanges(plain, 'ipv6');
  const inner = embedded(groups);
  if (inner === undefined || own.reach === 'never' || plain === LOOPBACK) return own;
  const carried = inRanges(inner, 'ipv4');
  return STRICTNESS[carried.reach] > STRICTNESS[own.reach] ? carried : own;
}

const LOOPBACK = '0:0:0:0:0:0:0:1';

const inRanges = (address: string, family: 'ipv4' | 'ipv6'): Judged =>
  lists.find((each) => each.family === family && each.list.check(address, family))?.judged ?? PUBLIC;

/** Eight numbers; a zone (`%eth0`) says nothing about where an address leads. */
function groupsOf(address: string): readonly number[] {
  const [text = ''] = address.split('%');
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  const hex = dotted ? text.slice(0, dotted.index) + hexOf(dotted.slice(1).map(Number)) : text;
  const [before = '', after] = hex.split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
}

const hexOf = ([a = 0, b = 0, c = 0, d = 0]: readonly number[]): string =>
  `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;

/** The v4 address that a v6 address carries: mapped, translated, compatible, NAT64 or 6to4. */
function embedded(groups: readonly number[]): string | undefined {
  const starts = (...prefix: readonly number[]): boolean => prefix.every((group, n) => groups[n] === group);
  const carries =
    starts(0, 0, 0, 0, 0, 0xffff) ||
    starts(0, 0, 0, 0, 0xffff, 0) ||
    starts(0, 0, 0, 0, 0, 0) ||
    starts(0x64, 0xff9b, 0, 0, 0, 0) ||
    starts(0x64, 0xff9b, 1);
  if (carries) return dottedOf(groups[6]!, groups[7]!);
  return starts(0x2002) ? dottedOf(groups[1]!, groups[2]!) : undefined;
}

const dottedOf = (high: number, low: number): string => [high >> 8, high & 255, low >> 8, low & 255].join('.');

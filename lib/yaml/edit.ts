/** Changes of one value in a text of YAML: all else stays as its author wrote it, comments and order too. */
import { isMap, isScalar, isSeq, type Node, parseDocument, type YAMLMap } from 'yaml';
import { blockOf } from './write.ts';
import type { Path } from './yaml.ts';

/** With the value at `path`, which is there, replaced. Undefined where nothing stands there. */
export function replacedAt(source: string, path: Path, value: unknown): string | undefined {
  let node: unknown = rootOf(source);
  let inline = false;
  for (const part of path) {
    inline ||= isFlow(node);
    node = isSeq(node) ? node.items[part as number] : isMap(node) ? node.get(part, true) : undefined;
  }
  const range = (node as Node | undefined)?.range;
  if (!range) return undefined;
  const text =
    inline || isFlow(node) || isScalar(node)
      ? JSON.stringify(value)
      : blockOf(value, ' '.repeat(columnOf(source, range[0])));
  const end = range[0] + source.slice(range[0], range[1]).trimEnd().length;
  return source.slice(0, range[0]) + text + source.slice(end);
}

/** With a property of the whole set; a new one stands below `beside`, which has a value of one line. */
export function withProperty(
  source: string,
  name: string,
  value: boolean | number,
  beside: string,
): string | undefined {
  const root = rootOf(source);
  if (!isMap(root)) return undefined;
  const pair = pairOf(root, name);
  if (pair) {
    const { range } = (pair.value ?? {}) as Partial<Node>;
    if (range && range[1] > range[0]) return source.slice(0, range[0]) + String(value) + source.slice(range[1]);
    const key = (pair.key as Node).range!;
    const colon = source.indexOf(':', key[1]) + 1;
    return `${source.slice(0, colon)} ${value}${source.slice(colon)}`;
  }
  if (isFlow(root)) {
    const inside = root.range![0] + 1;
    const comma = root.items.length > 0 ? ', ' : '';
    return `${source.slice(0, inside)}"${name}": ${value}${comma}${source.slice(inside)}`;
  }
  const { range } = (pairOf(root, beside)?.value ?? {}) as Partial<Node>;
  if (!range) return undefined;
  const lineEnd = source.indexOf('\n', range[1] - 1);
  const at = lineEnd < 0 ? source.length : lineEnd;
  const end = source[at - 1] === '\r' ? '\r\n' : '\n';
  const before = source.slice(0, end === '\r\n' ? at - 1 : at);
  return `${before}${end}${' '.repeat(columnOf(source, root.range![0]))}${name}: ${value}${source.slice(before.length)}`;
}

function rootOf(source: string): unknown {
  return parseDocument(source, {
    schema: 'failsafe',
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  }).contents;
}

const pairOf = (map: YAMLMap, name: string) => map.items.find(({ key }) => isScalar(key) && String(key.value) === name);

const isFlow = (node: unknown): boolean => (isMap(node) || isSeq(node)) && node.flow === true;

const columnOf = (source: string, offset: number): number => offset - (source.lastIndexOf('\n', offset - 1) + 1);

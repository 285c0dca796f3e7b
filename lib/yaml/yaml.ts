/**
 * Reads YAML as Kestra's parser does: the first document, scalars by YAML 1.1, every key a text, and an alias read as its
 * name (there is no expansion, so there is nothing to bomb with). Never throws: what is wrong is a problem with its place.
 * Bounds: text, depth, words and signs. `at` answers where a path stands in the text, from 1.
 */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Problem } from '../model/problem.ts';
import { excessOf } from './excess.ts';
import { isFloat, plainScalar, taggedScalar } from './scalar.ts';

export type Path = readonly (string | number)[];

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface Yaml {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Where the value of `path` stands; its nearest surroundings where it is absent. */
  at(path: Path): Place | undefined;
  /** Where a place inside the text of a scalar stands in the whole; where the scalar begins, if that is not told exactly. */
  inside(path: Path, within: Place): Place | undefined;
}

export type FloatOf = (value: number, path: Path) => unknown;

const LENGTH_MAX = 1_048_576;
const DEPTH_MAX = 100;
const SYNTAX_PROBLEMS_MAX = 20;
const GOT_CHARS_MAX = 60;
/** What YAML does not let stand in a text, not even in quotes: there it is escaped. A definition's mark is among it. */
const UNPRINTABLE = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

const OPTIONS = {
  schema: 'failsafe',
  merge: false,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
  keepSourceTokens: false,
} as const;

/** The parser makes an error of everything that it does not like, and goes on: a trace of each would cost most of the time. */
function withoutTraces<T>(act: () => T): T {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return act();
  } finally {
    Error.stackTraceLimit = before;
  }
}

/** `floatOf`: what becomes of a number that is whole but written as `1.0`; it is the number 1 without it. */
export function readYaml(source: string, floatOf?: FloatOf): Yaml {
  const place = places(source);
  if (source.length > LENGTH_MAX)
    return broken(`expected at most ${LENGTH_MAX} characters, got ${source.length}`, place(0));
  const strange = source.search(UNPRINTABLE);
  if (strange >= 0) return refused([unprintable(source, strange, place)]);
  const excess = excessOf(source, DEPTH_MAX);
  if (excess) return broken(`expected at most ${excess.expected}, got more`, place(excess.offset));
  try {
    const document = withoutTraces(() => parseDocument(source, OPTIONS));
    const errors = document.errors.filter(({ code }) => code !== 'MULTIPLE_DOCS').slice(0, SYNTAX_PROBLEMS_MAX);
    if (errors.length > 0)
      return refused(
        errors.map((error) => problem(syntaxText(error.message, source, error.pos[0]), '', place(error.pos[0]))),
      );
    const reader = new Reader(place, floatOf);
    const root = document.contents as Node | null;
    const value = reader.read(root, [], 0);
    const at = (path: Path): Place | undefined => placeOf(root, path, place);
    return { value, problems: reader.problems, at, inside: (path, within) => shifted(at(path), within, source) };
  } catch (error) {
    // The parser descends by recursion: nesting beyond its stack ends here.
    if (error instanceof RangeError) return broken(`expected at most ${DEPTH_MAX} levels, got more`, place(0));
    throw error;
  }
}

/** For configuration: the value, or a SyntaxError with the first problem and its place. */
export function parseYaml(text: string): unknown {
  const { value, problems } = readYaml(text);
  const first = problems.find(({ severity }) => severity === 'error');
  if (first) throw new SyntaxError(`line ${first.line}, column ${first.column}: ${first.message}`);
  return value;
}

export function pathText(path: Path): string {
  let text = '';
  for (const part of path) text += typeof part === 'number' ? `[${part}]` : `${text ? '.' : ''}${part}`;
  return text;
}

class Reader {
  readonly problems: Problem[] = [];
  readonly #place: (offset: number) => Place;
  readonly #floatOf: FloatOf | undefined;
  #isTooDeep = false;

  constructor(place: (offset: number) => Place, floatOf: FloatOf | undefined) {
    this.#place = place;
    this.#floatOf = floatOf;
  }

  read(node: Node | null, path: (string | number)[], depth: number): unknown {
    if (depth > DEPTH_MAX) return this.#tooDeep(node, path);
    if (isScalar(node)) return this.#scalar(node as Scalar<unknown>, path);
    if (isMap(node)) return this.#map(node, path, depth);
    if (isSeq(node)) return this.#list(node, path, depth);
    if (isAlias(node)) {
      const message = `expected a value, got the alias *${node.source}, which is read as the text "${node.source}"`;
      this.#problem(message, path, node, { severity: 'warning' });
      return node.source;
    }
    return '';
  }

  #list(node: YAMLSeq, path: (string | number)[], depth: number): unknown[] {
    return node.items.map((item, n) => {
      path.push(n);
      const value = this.read(item as Node, path, depth + 1);
      path.pop();
      return value;
    });
  }

  #map(node: YAMLMap, path: (string | number)[], depth: number): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    for (const pair of node.items) {
      const key = keyOf(pair);
      if (key === undefined || key === '__proto__') {
        const hint = key === undefined ? ': a text that begins with {{ must stand in quotes' : '';
        this.#problem(`expected a text as key, got ${key ?? 'a map or a list'}${hint}`, path, pair.key as Node);
        continue;
      }
      path.push(key);
      if (Object.hasOwn(map, key))
        this.#problem(`expected each key once, got ${key} twice`, path, pair.key as Node, {
          kestra: `Duplicate field '${key}'`,
        });
      else map[key] = this.read(pair.value as Node | null, path, depth + 1);
      path.pop();
    }
    return map;
  }

  #scalar(node: Scalar<unknown>, path: Path): unknown {
    const text = String(node.value ?? '');
    const value = node.tag ? taggedScalar(node.tag, text) : node.type === Scalar.PLAIN ? plainScalar(text) : text;
    if (this.#floatOf && Number.isInteger(value) && isFloat(text)) return this.#floatOf(value as number, path);
    if (value !== undefined) return value;
    const expected = node.tag ? `a value that ${node.tag} allows` : 'a finite number';
    this.#problem(`expected ${expected}, got ${text}`, path, node, { expected, got: text });
    return null;
  }

  #tooDeep(node: Node | null, path: Path): undefined {
    if (!this.#isTooDeep) this.#problem(`expected at most ${DEPTH_MAX} levels, got more`, path, node);
    this.#isTooDeep = true;
  }

  #problem(message: string, path: Path, node: Node | null, more: Partial<Problem> = {}): void {
    this.problems.push({ ...problem(message, pathText(path), this.#place(node?.range?.[0] ?? 0)), ...more });
  }
}

const problem = (message: string, path: string, place: Place): Problem => ({
  message,
  severity: 'error',
  path,
  ...place,
});

const broken = (message: string, place: Place): Yaml => refused([problem(message, '', place)]);

const refused = (problems: readonly Problem[]): Yaml => ({
  value: undefined,
  problems,
  at: () => undefined,
  inside: () => undefined,
});

/** Kestra's parser says it so. */
function unprintable(source: string, offset: number, place: (offset: number) => Place): Problem {
  const got = `U+${source.codePointAt(offset)!.toString(16).toUpperCase().padStart(4, '0')}`;
  const expected = 'characters that YAML allows';
  const message = `expected ${expected}, got ${got}`;
  return { ...problem(message, '', place(offset)), expected, got, kestra: 'special characters are not allowed' };
}

/** Keys are texts as written, even where a value of the same spelling would be a number or a boolean. */
function keyOf({ key }: Pair): string | undefined {
  if (isScalar(key)) return String(key.value ?? '');
  return isAlias(key) ? key.source : undefined;
}

function placeOf(root: Node | null, path: Path, place: (offset: number) => Place): Place | undefined {
  let node: unknown = root;
  let offset = root?.range?.[0];
  for (const part of path) {
    if (isSeq(node) && typeof part === 'number') node = node.items[part];
    else if (isMap(node)) {
      const pair = node.items.find((item) => keyOf(item) === part);
      if (!pair) break;
      // A key with an empty value has no place but its key's.
      offset = (pair.key as Node | null)?.range?.[0] ?? offset;
      node = pair.value;
    } else break;
    const value = node as Node | null | undefined;
    if (isScalar(value) && value.range && value.range[0] < value.range[1]) offset = value.range[0];
    else if (isSeq(value) || isMap(value)) offset = isInList(part) ? (value.range?.[0] ?? offset) : offset;
  }
  return offset === undefined ? undefined : place(offset);
}

/** A literal block keeps its lines; a text of one line stands behind its quote. What is folded or escaped is not followed. */
function shifted(start: Place | undefined, within: Place, source: string): Place | undefined {
  if (!start) return undefined;
  const lines = source.split('\n', start.line + within.line);
  const first = lines[start.line - 1]!.slice(start.column - 1);
  if (first.startsWith('|')) {
    const indent =
      lines
        .slice(start.line)
        .find((line) => line.trim() !== '')
        ?.search(/\S/) ?? 0;
    return { line: start.line + within.line, column: indent + within.column };
  }
  if (within.line > 1 || first.startsWith('>') || first.includes('\\')) return start;
  return { line: start.line, column: start.column + within.column - (/^["']/.test(first) ? 0 : 1) };
}

const isInList = (part: string | number): boolean => typeof part === 'number';

/** Line and column of an offset. The line starts are found at the first question: a text without problems never asks. */
function places(source: string): (offset: number) => Place {
  let starts: number[] | undefined;
  return (offset) => {
    if (!starts) {
      starts = [0];
      for (let n = source.indexOf('\n'); n >= 0; n = source.indexOf('\n', n + 1)) starts.push(n + 1);
    }
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  };
}

/** The line and the parser's own text, with the advice that most authors of templates need. */
function syntaxText(message: string, source: string, offset: number): string {
  // The parser reports the end of its stack as an error of the document.
  if (message.includes('call stack')) return `expected at most ${DEPTH_MAX} levels, got more`;
  const start = source.lastIndexOf('\n', Math.max(0, offset - 1)) + 1;
  const end = source.indexOf('\n', offset);
  const line = source.slice(start, end < 0 ? undefined : end);
  const isEnd = offset >= source.trimEnd().length;
  const got = isEnd ? 'the end of the text' : JSON.stringify(line.trim().slice(0, GOT_CHARS_MAX));
  const advice = /:\s+\{\{/.test(line) ? '; a text that begins with {{ must stand in quotes' : '';
  return `expected YAML, got ${got}: ${message}${advice}`;
}

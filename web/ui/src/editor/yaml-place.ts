/**
 * Where in a flow's YAML a position is, while it is being written and no parser would take it: by the columns of keys and dashes
 * alone. Pure.
 */

/** A map that the position is in. */
export interface Frame {
  /** How it is reached from the map around it: names of keys, `[]` for an item of a list. */
  readonly via: readonly string[];
  /** Its keys with their texts, those below the position too. */
  readonly keys: ReadonlyMap<string, string>;
}

export interface YamlPlace {
  /** From the outermost. */
  readonly frames: readonly Frame[];
  /** The position is in the value of this key of the last frame. */
  readonly key?: string;
  /** Inside of a text of several lines, where no key can stand. */
  readonly inText: boolean;
  /** Column of the map that the position is in. */
  readonly column: number;
}

interface Token {
  readonly line: number;
  readonly column: number;
  /** Absent: a dash. */
  readonly key?: string;
  readonly value: string;
}

const KEY = /^("[^"]*"|'[^']*'|[^\s#&*!|>'"%@`{[\]},:][^:#]*?)\s*:(?:\s+(.*))?$/;
const BLOCK = /^[|>][-+0-9]*\s*(#.*)?$/;

interface Lines {
  readonly tokens: readonly Token[];
  /** Lines that belong to a text, with the column of its key. */
  readonly textOf: ReadonlyMap<number, number>;
}

function read(lines: readonly string[]): Lines {
  const tokens: Token[] = [];
  const textOf = new Map<number, number>();
  let text: number | undefined;
  lines.forEach((line, n) => {
    let column = line.search(/\S/);
    if (text !== undefined && (column < 0 || column > text)) {
      textOf.set(n, text);
      return;
    }
    text = undefined;
    if (column < 0 || line[column] === '#') return;
    let rest = line.slice(column);
    for (let dash = /^-(\s+|$)/.exec(rest); dash; dash = /^-(\s+|$)/.exec(rest)) {
      tokens.push({ line: n, column, value: '' });
      column += dash[0].length;
      rest = rest.slice(dash[0].length);
    }
    const [, key, value = ''] = KEY.exec(rest.trimEnd()) ?? [];
    if (key === undefined) return;
    tokens.push({ line: n, column, key: key.replace(/^["']|["']$/g, ''), value });
    if (BLOCK.test(value)) text = column;
  });
  return { tokens, textOf };
}

/** `offset` counts characters of `text`. */
export function placeAt(text: string, offset: number): YamlPlace {
  const lines = text.split('\n');
  const line = text.slice(0, offset).split('\n').length - 1;
  const at = offset - (text.lastIndexOf('\n', offset - 1) + 1);
  const { tokens, textOf } = read(lines);
  const own = tokens.filter((token) => token.line === line && token.column <= at);
  const key = own.findLast((token) => token.key !== undefined);
  const inValue = key !== undefined && at > key.column + key.key!.length;
  const last = own.at(-1);
  // An empty line belongs to where its cursor stands; a word that is no key yet, to where it begins.
  const column = key?.column ?? (last ? last.column + 2 : Math.min(at, columnOf(lines[line]!, at)));
  const textKey = textOf.has(line)
    ? tokens.findLast((token) => token.line < line && token.key !== undefined)
    : undefined;
  const start = { line, column: textKey?.column ?? column };
  return {
    frames: framesOf(tokens, start),
    key: textKey?.key ?? (inValue ? key.key : undefined),
    inText: textKey !== undefined,
    column: start.column,
  };
}

const columnOf = (line: string, at: number): number => {
  const first = line.search(/\S/);
  return first < 0 ? at : first;
};

interface Start {
  readonly line: number;
  readonly column: number;
}

function framesOf(tokens: readonly Token[], start: Start): Frame[] {
  const frames: Frame[] = [];
  let { line, column } = start;
  for (;;) {
    const keys = keysAt(tokens, line, column);
    const via: string[] = [];
    const parent = climb(tokens, line, column, via);
    frames.unshift({ via, keys });
    if (!parent) return frames;
    ({ line, column } = parent);
  }
}

/** The key whose value holds the map; dashes on the way are items of lists. */
function climb(tokens: readonly Token[], line: number, column: number, via: string[]): Token | undefined {
  let limit = column;
  let dash = false;
  for (let n = tokens.findLastIndex((token) => token.line <= line); n >= 0; n--) {
    const token = tokens[n]!;
    const isDash = token.key === undefined;
    // A list may stand in the column of its own key.
    if (isDash ? token.column < limit : dash ? token.column <= limit : token.column < limit) {
      if (!isDash) {
        via.unshift(token.key!);
        return token;
      }
      via.unshift('[]');
      limit = token.column;
      dash = true;
    }
  }
  return undefined;
}

/** The keys of the map in this column, above and below the line. */
function keysAt(tokens: readonly Token[], line: number, column: number): Map<string, string> {
  const keys = new Map<string, string>();
  const take = (token: Token): 'goes on' | 'ends' => {
    if (token.column < column) return 'ends';
    if (token.column === column && token.key !== undefined) keys.set(token.key, token.value);
    return 'goes on';
  };
  const middle = tokens.findIndex((token) => token.line > line);
  const below = middle < 0 ? tokens.length : middle;
  for (let n = below - 1; n >= 0 && take(tokens[n]!) === 'goes on'; n--);
  for (let n = below; n < tokens.length && take(tokens[n]!) === 'goes on'; n++);
  return keys;
}

/** Ids that stand below a key of the flow, such as `inputs`, or of all tasks. */
export function idsIn(text: string): { readonly inputs: readonly string[]; readonly tasks: readonly string[] } {
  const { tokens } = read(text.split('\n'));
  const inputs: string[] = [];
  const tasks: string[] = [];
  let section = '';
  for (const { column, key, value } of tokens) {
    if (column === 0 && key !== undefined) section = key;
    if (key !== 'id' || column === 0) continue;
    const id = value.replace(/^["']|["']$/g, '').trim();
    if (section === 'inputs') inputs.push(id);
    else if (!['outputs', 'triggers', 'labels', 'variables'].includes(section)) tasks.push(id);
  }
  return { inputs: inputs.filter(Boolean), tasks: tasks.filter(Boolean) };
}

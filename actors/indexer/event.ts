/**
 * Takes the event of an execution apart, `{"start":…,"head":…,"taskRuns":[…],"removed":[…]}`, into the JSON texts of its
 * parts, without parsing them: task runs are kept as text, and of start and head only the last of a batch is looked at.
 * Quotes inside a string are escaped and braces count only outside of strings, so a scan finds where each value ends.
 */

export interface EventParts {
  readonly start?: string;
  readonly head?: string;
  /** One text per task run. */
  readonly taskRuns: readonly string[];
  readonly removed?: string;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
/** Braces and brackets differ in one bit; no letter of `true`, `false` and `null` becomes either. */
const BRACE_TO_BRACKET = 0xdf;

const NONE: readonly string[] = [];

export function splitEvent(json: string): EventParts {
  const parts: { start?: string; head?: string; taskRuns: readonly string[]; removed?: string } = { taskRuns: NONE };
  if (json.charCodeAt(0) !== OPEN_BRACE) throw unexpected(json, 0);
  for (let at = 1; json.charCodeAt(at) === QUOTE; ) {
    // Keys are ours: nothing in them is escaped.
    const keyEnd = json.indexOf('"', at + 1);
    if (keyEnd === -1) throw unexpected(json, at);
    const key = json.slice(at + 1, keyEnd);
    const from = keyEnd + 2;
    const taskRuns: string[] | undefined = key === 'taskRuns' ? [] : undefined;
    const until = taskRuns ? elements(json, from, taskRuns) : valueEnd(json, from);
    if (taskRuns) parts.taskRuns = taskRuns;
    else if (key === 'start' || key === 'head' || key === 'removed') parts[key] = json.slice(from, until);
    at = json.charCodeAt(until) === COMMA ? until + 1 : until;
  }
  return parts;
}

/** The texts of the array that begins at `from`; returns what is behind it. */
function elements(json: string, from: number, found: string[]): number {
  let at = from + 1;
  while (json.charCodeAt(at) !== CLOSE_BRACKET) {
    const end = valueEnd(json, at);
    found.push(json.slice(at, end));
    at = json.charCodeAt(end) === COMMA ? end + 1 : end;
  }
  return at + 1;
}

/** Behind the value that begins at `from`. The one loop that sees each character: strings are passed over in place. */
function valueEnd(json: string, from: number): number {
  const { length } = json;
  let depth = 0;
  for (let at = from; at < length; at++) {
    const character = json.charCodeAt(at);
    if (character === QUOTE) {
      for (at++; at < length; at++) {
        const inside = json.charCodeAt(at);
        if (inside === QUOTE) break;
        if (inside === BACKSLASH) at++;
      }
    } else if (character >= OPEN_BRACKET) {
      const bracket = character & BRACE_TO_BRACKET;
      if (bracket === OPEN_BRACKET) depth++;
      else if (bracket === CLOSE_BRACKET) {
        if (depth === 0) return at;
        if (--depth === 0) return at + 1;
      }
    } else if (character === COMMA && depth === 0) return at;
  }
  throw unexpected(json, from);
}

const unexpected = (json: string, at: number): Error =>
  new Error(`expected an event of an execution, got ${json.slice(at, at + 60)} at ${at}`);

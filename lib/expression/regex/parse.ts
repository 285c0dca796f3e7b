/** A regular expression as Java writes it → its tree. */
import { ValueError } from '../error.ts';
import { between, both, character, ESCAPED, either, lineEnd, not, property, word } from './characters.ts';
import { type Flags, NO_FLAGS, type Regex, type RegexNode, type Takes } from './syntax.ts';

const PATTERN_CHARS_MAX = 1_000;
const DEPTH_MAX = 100;
const REPEATS_MAX = 10_000;
const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, a: 7, e: 27 };
const FLAG_NAMES: Readonly<Record<string, keyof Flags>> = { i: 'caseless', m: 'lines', s: 'dotAll', x: 'spaced' };

/** @throws ValueError where it is none, or too long. */
export function parseRegex(pattern: string): Regex {
  if (pattern.length > PATTERN_CHARS_MAX)
    throw new ValueError(`expected a regular expression of at most ${PATTERN_CHARS_MAX} characters`, 'budget');
  return new RegexParser(pattern).whole();
}

class RegexParser {
  readonly #pattern: string;
  readonly #names = new Map<string, number>();
  #at = 0;
  #groups = 1;
  #flags: Flags = NO_FLAGS;
  #depth = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  whole(): Regex {
    const root = this.#choice();
    if (this.#at < this.#pattern.length) throw this.#fault('nothing to close', this.#pattern[this.#at]!);
    return { root, groups: this.#groups, names: this.#names };
  }

  #fault(expected: string, got: string): ValueError {
    const place = `at character ${this.#at + 1} of the regular expression \`${this.#pattern}\``;
    return new ValueError(`expected ${expected}, got \`${got || 'the end'}\` ${place}`);
  }

  #is(text: string): boolean {
    return this.#pattern.startsWith(text, this.#at);
  }

  #takeIf(text: string): boolean {
    const found = this.#is(text);
    if (found) this.#at += text.length;
    return found;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#pattern) ?? undefined;
    if (found) this.#at += found[0].length;
    return found;
  }

  #code(): number {
    const code = this.#pattern.codePointAt(this.#at);
    if (code === undefined) throw this.#fault('a character', '');
    this.#at += code > 0xffff ? 2 : 1;
    return code;
  }

  /** Flags that are set inside it end with it. */
  #choice(): RegexNode {
    if (++this.#depth > DEPTH_MAX)
      throw new ValueError(`expected at most ${DEPTH_MAX} groups inside one another`, 'budget');
    const flags = this.#flags;
    const options = [this.#sequence()];
    while (this.#takeIf('|')) options.push(this.#sequence());
    this.#flags = flags;
    this.#depth--;
    return options.length === 1 ? options[0]! : { kind: 'choice', options };
  }

  #sequence(): RegexNode {
    const items: RegexNode[] = [];
    while (this.#at < this.#pattern.length && !this.#is('|') && !this.#is(')')) {
      if (this.#flags.spaced && this.#match(/\s+|#[^\n]*/y)) continue;
      const found = this.#takeIf('\\Q') ? this.#quoted() : [this.#item()].filter((item) => item !== undefined);
      const last = found.pop();
      items.push(...found, ...(last ? [this.#repeated(last)] : []));
    }
    return items.length === 1 ? items[0]! : { kind: 'sequence', items };
  }

  #quoted(): RegexNode[] {
    const end = this.#pattern.indexOf('\\E', this.#at);
    const text = this.#pattern.slice(this.#at, end === -1 ? undefined : end);
    this.#at += text.length + (end === -1 ? 0 : 2);
    return Array.from(text, (letter) => this.#character(letter.codePointAt(0)!));
  }

  #character(code: number): RegexNode {
    return { kind: 'character', takes: character(code, this.#flags.caseless) };
  }

  #item(): RegexNode | undefined {
    if (this.#takeIf('(')) return this.#group();
    if (this.#takeIf('[')) return { kind: 'character', takes: this.#class() };
    if (this.#takeIf('.')) return { kind: 'character', takes: this.#flags.dotAll ? () => true : not(lineEnd) };
    if (this.#takeIf('^')) return { kind: 'place', holds: this.#flags.lines ? atLineStart : (_, at) => at === 0 };
    if (this.#takeIf('$')) return { kind: 'place', holds: this.#flags.lines ? atLineEnd : atLastLineEnd };
    if (this.#takeIf('\\')) return this.#escape();
    if (this.#match(/[*+?]|\{\d/y)) throw this.#fault('something to repeat', this.#pattern[this.#at - 1]!);
    return this.#character(this.#code());
  }

  #repeated(item: RegexNode): RegexNode {
    const found = this.#match(/([*+?])([+?]?)|\{(\d{1,6})(?:(,)(\d{0,6}))?\}([+?]?)/y);
    if (!found) return item;
    const [, sign, signMode, low, comma, high] = found;
    const least = sign ? (sign === '+' ? 1 : 0) : Number(low);
    const most = sign
      ? sign === '?'
        ? 1
        : Number.POSITIVE_INFINITY
      : comma
        ? high
          ? Number(high)
          : Number.POSITIVE_INFINITY
        : least;
    if (most < least || least > REPEATS_MAX) throw this.#fault(`a count up to ${REPEATS_MAX}`, found[0]);
    const mode = { '': 'greedy', '?': 'lazy', '+': 'possessive' } as const;
    const repeat: RegexNode = {
      kind: 'repeat',
      item,
      least,
      most,
      mode: mode[(signMode ?? found[6] ?? '') as '' | '?' | '+'],
    };
    return this.#repeated(repeat);
  }

  /** Nothing, where it only sets flags. */
  #group(): RegexNode | undefined {
    const look = this.#match(/\?(<?)([=!])/y);
    if (look) return { kind: 'look', behind: look[1] === '<', negated: look[2] === '!', item: this.#closed() };
    if (this.#takeIf('?>')) return { kind: 'atomic', item: this.#closed() };
    const name = this.#match(/\?<([A-Za-z][A-Za-z0-9]*)>/y)?.[1];
    const flags = this.#match(/\?([imsxuUd]*)(?:-([imsxuUd]+))?([:)])/y);
    if (flags) return this.#flagged(flags);
    if (name !== undefined) this.#names.set(name, this.#groups);
    const index = this.#groups++;
    return { kind: 'group', index, item: this.#closed() };
  }

  #flagged([, on = '', off = '', end]: RegExpExecArray): RegexNode | undefined {
    const before = this.#flags;
    const changed: Record<keyof Flags, boolean> = { ...before };
    for (const letter of on) if (FLAG_NAMES[letter]) changed[FLAG_NAMES[letter]] = true;
    for (const letter of off) if (FLAG_NAMES[letter]) changed[FLAG_NAMES[letter]] = false;
    this.#flags = changed;
    if (end === ')') return undefined;
    const item = this.#closed();
    this.#flags = before;
    return item;
  }

  #closed(): RegexNode {
    const item = this.#choice();
    if (!this.#takeIf(')')) throw this.#fault('`)`', this.#pattern[this.#at] ?? '');
    return item;
  }

  #escape(): RegexNode {
    const letter = this.#pattern[this.#at] ?? '';
    const places: Readonly<Record<string, (text: string, at: number) => boolean>> = {
      b: atWordEdge,
      B: (text, at) => !atWordEdge(text, at),
      A: (_, at) => at === 0,
      G: (_, at) => at === 0,
      z: (text, at) => at === text.length,
      Z: atLastLineEnd,
    };
    if (Object.hasOwn(places, letter)) {
      this.#at++;
      return { kind: 'place', holds: places[letter]! };
    }
    if (this.#takeIf('R')) return LINE_BREAK;
    const back = this.#match(/([1-9])|k<(\w+)>/y);
    if (!back) return { kind: 'character', takes: this.#escapedCharacter() };
    const index = back[1] ? Number(back[1]) : this.#names.get(back[2]!);
    if (index === undefined || index >= this.#groups) throw this.#fault('a group that stands before', back[0]);
    return { kind: 'back', index, caseless: this.#flags.caseless };
  }

  /** Behind a backslash, in a class or outside. */
  #escapedCharacter(): Takes {
    const letter = this.#pattern[this.#at] ?? '';
    if (Object.hasOwn(ESCAPED, letter)) {
      this.#at++;
      return ESCAPED[letter]!;
    }
    const named = this.#match(/([pP])(?:\{([^}]*)\}|(\w))/y);
    if (named) return named[1] === 'P' ? not(property(named[2] ?? named[3]!)) : property(named[2] ?? named[3]!);
    return character(this.#escapedCode(), this.#flags.caseless);
  }

  #escapedCode(): number {
    const hex = this.#match(/x\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})/y);
    if (hex) return Number.parseInt(hex[1] ?? hex[2] ?? hex[3]!, 16);
    const octal = this.#match(/0([0-3]?[0-7]{1,2})/y);
    if (octal) return Number.parseInt(octal[1]!, 8);
    const letter = this.#pattern[this.#at] ?? '';
    if (/[A-Za-z]/.test(letter) && !Object.hasOwn(CONTROLS, letter)) throw this.#fault('an escape', `\\${letter}`);
    const code = this.#code();
    return CONTROLS[letter] ?? code;
  }

  /** Behind the opening bracket: characters, ranges, classes inside, and what `&&` leaves. */
  #class(): Takes {
    if (++this.#depth > DEPTH_MAX)
      throw new ValueError(`expected at most ${DEPTH_MAX} classes inside one another`, 'budget');
    const negated = this.#takeIf('^');
    let common: Takes | undefined;
    let parts: Takes[] = [];
    for (let first = true; first || !this.#is(']'); first = false) {
      if (this.#at >= this.#pattern.length) throw this.#fault('`]`', '');
      if (this.#takeIf('&&')) {
        common = common ? both(common, either(...parts)) : either(...parts);
        parts = [];
      } else if (this.#takeIf('[')) parts.push(this.#class());
      else parts.push(this.#classPart());
    }
    this.#at++;
    this.#depth--;
    const takes = common ? both(common, either(...parts)) : either(...parts);
    return negated ? not(takes) : takes;
  }

  #classPart(): Takes {
    const isClass = /^\\[dDwWsShHvVpP]/.test(this.#pattern.slice(this.#at, this.#at + 2));
    if (isClass) {
      this.#at++;
      return this.#escapedCharacter();
    }
    const low = this.#classCode();
    if (!this.#match(/-(?![\]&])/y)) return character(low, this.#flags.caseless);
    const high = this.#classCode();
    if (high < low)
      throw this.#fault('a range that goes up', `${String.fromCodePoint(low)}-${String.fromCodePoint(high)}`);
    return between(low, high, this.#flags.caseless);
  }

  #classCode(): number {
    return this.#takeIf('\\') ? this.#escapedCode() : this.#code();
  }
}

const LINE_BREAK: RegexNode = {
  kind: 'choice',
  options: [
    {
      kind: 'sequence',
      items: [10, 13].toReversed().map((code) => ({ kind: 'character', takes: character(code, false) })),
    },
    { kind: 'character', takes: ESCAPED.v! },
  ],
};

const codeBefore = (text: string, at: number): number => text.charCodeAt(at - 1);
const atLineStart = (text: string, at: number): boolean =>
  at === 0 || (at < text.length && lineEnd(codeBefore(text, at)));
const atLineEnd = (text: string, at: number): boolean => at === text.length || lineEnd(text.charCodeAt(at));
const atLastLineEnd = (text: string, at: number): boolean =>
  at === text.length ||
  (lineEnd(text.charCodeAt(at)) && (at === text.length - 1 || (at === text.length - 2 && text.endsWith('\r\n'))));
const atWordEdge = (text: string, at: number): boolean =>
  (at > 0 && word(codeBefore(text, at))) !== (at < text.length && word(text.charCodeAt(at)));

/**
 * Ion text → values, of what Kestra's files hold: structs, lists, texts, symbols, numbers, timestamps (as texts), booleans and
 * nulls, with annotations left out. Blobs stay texts; S-expressions are lists.
 */
import { type Budget, deepValue, spend } from '../budget.ts';
import { ValueError } from '../error.ts';
import { decimalFrom } from '../value/decimal.ts';
import { bigInteger, decimal, double, long } from '../value/number.ts';
import { SYMBOL } from './text.ts';

const SPACE = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const TIMESTAMP =
  /\d{4}(?:-\d{2}(?:-\d{2})?)?T(?:\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[-+]\d{2}:\d{2}))?|\d{4}-\d{2}-\d{2}/y;
const NUMBER = /[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eEdD][-+]?\d+)?)/y;
const INFINITE = /[-+]inf\b/y;
const SYMBOL_ONLY_OPERATORS = /[!#%&*+\-./;<=>?@^`|~]+/y;
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '0': '\0',
};
const INT_BITS = 32;

/** Every value at the top, one after another. @throws ValueError */
export function readIon(text: string, budget: Budget): readonly unknown[] {
  const reader = new IonReader(text, budget);
  const values: unknown[] = [];
  while (reader.more()) {
    const value = reader.value(0);
    // The version marker is no value.
    if (!(value === '$ion_1_0' && values.length === 0)) values.push(value);
  }
  return values;
}

class IonReader {
  readonly #text: string;
  readonly #budget: Budget;
  #at = 0;

  constructor(text: string, budget: Budget) {
    this.#text = text;
    this.#budget = budget;
  }

  /** Whether there is a value yet to be read. */
  more(): boolean {
    this.#match(SPACE);
    return this.#at < this.#text.length;
  }

  value(depth: number): unknown {
    deepValue(depth);
    spend(this.#budget, 1);
    this.#match(SPACE);
    const start = this.#at;
    const value = this.#bare(depth);
    this.#match(SPACE);
    const isAnnotation = this.#text.startsWith('::', this.#at) && /[\w$']/.test(this.#text[start] ?? '');
    if (!isAnnotation) return value;
    this.#at += 2;
    return this.value(depth + 1);
  }

  #bare(depth: number): unknown {
    switch (this.#text[this.#at]) {
      case '{':
        return this.#text[this.#at + 1] === '{' ? this.#blob() : this.#struct(depth);
      case '[':
        return this.#list(']', ',', depth);
      case '(':
        return this.#list(')', '', depth);
      case '"':
        return this.#quoted('"');
      case "'":
        return this.#text.startsWith("'''", this.#at) ? this.#longText() : this.#quoted("'");
      default:
        return this.#word(depth);
    }
  }

  #word(depth: number): unknown {
    const timestamp = this.#match(TIMESTAMP);
    if (timestamp !== undefined) return timestamp;
    const infinite = this.#match(INFINITE);
    if (infinite !== undefined)
      return double(infinite === '-inf' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
    const number = this.#match(NUMBER);
    if (number !== undefined) return numberOf(number.replaceAll('_', ''));
    const symbol = this.#match(SYMBOL) ?? (depth > 0 ? this.#match(SYMBOL_ONLY_OPERATORS) : undefined);
    if (symbol === undefined) throw this.#fault('a value');
    if (symbol === 'null') {
      // A null may say of which type it is none.
      if (this.#text[this.#at] === '.') this.#at += 1 + (/^\w+/.exec(this.#text.slice(this.#at + 1))?.[0].length ?? 0);
      return null;
    }
    if (symbol === 'nan') return double(Number.NaN);
    return symbol === 'true' ? true : symbol === 'false' ? false : symbol;
  }

  #struct(depth: number): Readonly<Record<string, unknown>> {
    const entries: [string, unknown][] = [];
    this.#at++;
    for (;;) {
      this.#match(SPACE);
      if (this.#takeIf('}')) return Object.fromEntries(entries);
      const name = this.#name();
      this.#match(SPACE);
      if (!this.#takeIf(':')) throw this.#fault('`:`');
      entries.push([name, this.value(depth + 1)]);
      this.#match(SPACE);
      if (!this.#takeIf(',') && this.#text[this.#at] !== '}') throw this.#fault('`,` or `}`');
    }
  }

  #name(): string {
    const sign = this.#text[this.#at];
    if (this.#text.startsWith("'''", this.#at)) return this.#longText();
    if (sign === '"' || sign === "'") return this.#quoted(sign);
    const name = this.#match(SYMBOL);
    if (name === undefined) throw this.#fault('the name of a field');
    return name;
  }

  #list(close: string, separator: string, depth: number): readonly unknown[] {
    const items: unknown[] = [];
    this.#at++;
    for (;;) {
      this.#match(SPACE);
      if (this.#takeIf(close)) return items;
      items.push(this.value(depth + 1));
      this.#match(SPACE);
      if (separator && !this.#takeIf(separator) && this.#text[this.#at] !== close)
        throw this.#fault(`\`${separator}\` or \`${close}\``);
    }
  }

  #quoted(quote: string): string {
    const start = this.#at;
    let end = start + 1;
    while (end < this.#text.length && this.#text[end] !== quote) end += this.#text[end] === '\\' ? 2 : 1;
    if (end >= this.#text.length) throw this.#fault(`the closing ${quote}`);
    this.#at = end + 1;
    return unescaped(this.#text.slice(start + 1, end));
  }

  /** Several in a row are one text. */
  #longText(): string {
    let text = '';
    while (this.#takeIf("'''")) {
      const end = this.#text.indexOf("'''", this.#at);
      if (end === -1) throw this.#fault("the closing '''");
      text += unescaped(this.#text.slice(this.#at, end));
      this.#at = end + 3;
      this.#match(SPACE);
    }
    return text;
  }

  #blob(): string {
    const end = this.#text.indexOf('}}', this.#at);
    if (end === -1) throw this.#fault('the closing }}');
    const text = this.#text.slice(this.#at + 2, end).trim();
    this.#at = end + 2;
    return text;
  }

  #takeIf(text: string): boolean {
    const found = this.#text.startsWith(text, this.#at);
    if (found) this.#at += text.length;
    return found;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #fault(expected: string): ValueError {
    const got = this.#text[this.#at] ?? 'the end';
    return new ValueError(`expected Ion: ${expected} at character ${this.#at + 1}, got \`${got}\``);
  }
}

const unescaped = (text: string): string =>
  text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(\r?\n)|([\s\S]))/g,
    (_, x, u, big, line, char) => {
      if (line !== undefined) return '';
      const code = x ?? u ?? big;
      return code === undefined
        ? (ESCAPES[char] ?? char)
        : String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10ffff));
    },
  );

/** `1` is whole, `1e0` a double, `1.5` and `1d0` are decimals. */
function numberOf(text: string): unknown {
  if (/[xXbB]/.test(text)) return wholeOf(BigInt(text.replace(/^[-+]/, '')) * (text.startsWith('-') ? -1n : 1n));
  if (/[eE]/.test(text)) return double(Number(text));
  if (!/[.dD]/.test(text)) return wholeOf(BigInt(text.replace('+', '')));
  return decimal(decimalFrom(text.replace(/[dD]/, 'e')) ?? { unscaled: 0n, scale: 0 });
}

const wholeOf = (value: bigint): unknown =>
  BigInt.asIntN(INT_BITS, value) === value ? Number(value) : value === long(value) ? value : bigInteger(value);

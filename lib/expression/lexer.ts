/** Tokens of what stands between braces: from an offset in the source up to the closing mark. */
import { ExpressionError } from './error.ts';
import { numberFrom } from './value/number.ts';

export type Token = { readonly at: number; readonly end: number } & (
  | { readonly kind: 'name' | 'operator' | 'mark'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string; readonly value: unknown }
  | { readonly kind: 'string'; readonly text: string; readonly parts: readonly StringPart[] }
  | { readonly kind: 'end'; readonly text: string }
);
/** A piece of a string: text as it is, or an interpolation `#{…}` with the tokens inside it. */
export type StringPart = string | readonly Token[];

const NAME = /[\p{L}_][\p{L}\p{Nd}_]*/uy;
const NUMBER = /\d+(?:L|(?:\.\d+)?)/y;
const OPERATOR = /\?\?\?|\?\?|==|!=|<=|>=|\.\.|[+\-*/%~<>|]/y;
const SPACE = /\s+/y;
const OPENING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
/** Strings with interpolations that hold strings with interpolations. */
const INTERPOLATION_DEPTH_MAX = 10;

/** `opened`: where the mark stands that `close` closes. */
export type Scan = {
  readonly source: string;
  readonly opened: number;
  readonly close: string;
  readonly depth?: number;
};

/** @throws ExpressionError with fault `syntax`. The last token is the `end`, which covers the closing mark. */
export function tokensOf(scan: Scan, from: number): readonly Token[] {
  const { source, close, opened } = scan;
  const tokens: Token[] = [];
  const brackets: string[] = [];
  let at = from;
  for (;;) {
    at += matchAt(SPACE, source, at).length;
    if (brackets.length === 0) {
      const closing = closingAt(source, at, close);
      if (closing) return tokens.concat({ kind: 'end', text: closing, at, end: at + closing.length });
    }
    if (at >= source.length)
      throw fault(`expected the closing \`${close}\`, got the end of the template`, source, opened);
    const token = tokenAt(scan, at);
    if (token.kind === 'mark') balance(brackets, token.text, source, at);
    tokens.push(token);
    at = token.end;
  }
}

/** `-` before the closing mark takes the white space behind it. */
function closingAt(source: string, at: number, close: string): string | undefined {
  if (source.startsWith(close, at)) return close;
  return source[at] === '-' && source.startsWith(close, at + 1) ? `-${close}` : undefined;
}

function tokenAt(scan: Scan, at: number): Token {
  const { source } = scan;
  const char = source[at]!;
  if (char === '"' || char === "'") return stringAt(scan, at);
  const name = matchAt(NAME, source, at);
  if (name) return { kind: 'name', text: name, at, end: at + name.length };
  const number = matchAt(NUMBER, source, at);
  if (number) return numberAt(number, source, at);
  const operator = matchAt(OPERATOR, source, at);
  if (operator) return { kind: 'operator', text: operator, at, end: at + operator.length };
  if ('()[]{},:.?='.includes(char)) return { kind: 'mark', text: char, at, end: at + 1 };
  throw fault(`expected an expression, got \`${char}\``, source, at);
}

function numberAt(text: string, source: string, at: number): Token {
  const value = numberFrom(text);
  if (value === undefined) throw fault(`expected a whole number of at most 63 bits, got ${text}`, source, at);
  return { kind: 'number', text, value, at, end: at + text.length };
}

function balance(brackets: string[], text: string, source: string, at: number): void {
  const closing = OPENING[text];
  if (closing) brackets.push(closing);
  else if (')]}'.includes(text)) {
    const wanted = brackets.pop();
    if (wanted !== text)
      throw fault(`expected ${wanted ? `\`${wanted}\`` : 'nothing to close'}, got \`${text}\``, source, at);
  }
}

/**
 * Only the quote itself is escaped by a backslash; every other backslash stays. In double quotes, where a `#` makes room for
 * interpolations, that one stays as well.
 */
function stringAt(scan: Scan, start: number): Token {
  const { source } = scan;
  const quote = source[start]!;
  const pieces: StringPart[] = [];
  let from = start + 1;
  let at = from;
  while (source[at] !== quote) {
    if (at >= source.length) throw fault(`expected the closing ${quote} of a string, got the end`, source, start);
    if (source[at] === '\\') at += 2;
    else if (quote === '"' && source.startsWith('#{', at)) {
      const tokens = interpolated(scan, at);
      pieces.push(source.slice(from, at), tokens);
      at = tokens.at(-1)!.end;
      from = at;
    } else at++;
  }
  pieces.push(source.slice(from, at));
  const end = at + 1;
  const text = source.slice(start, end);
  const escapes = quote === "'" || !text.includes('#');
  const parts = escapes
    ? [pieces.join('').replaceAll(`\\${quote}`, quote)]
    : pieces.filter((piece) => piece.length > 0);
  return { kind: 'string', text, parts: parts.length === 0 ? [''] : parts, at: start, end };
}

function interpolated(scan: Scan, at: number): readonly Token[] {
  const depth = (scan.depth ?? 0) + 1;
  if (depth > INTERPOLATION_DEPTH_MAX) throw fault('expected fewer strings inside one another', scan.source, at);
  return tokensOf({ source: scan.source, close: '}', opened: at, depth }, at + 2);
}

function matchAt(pattern: RegExp, source: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? '';
}

const fault = (reason: string, source: string, at: number): ExpressionError =>
  new ExpressionError('syntax', reason, { source, at });

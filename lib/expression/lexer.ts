/** Tokens of what stands between braces: from an offset in the source up to the closing mark. */
import { ExpressionError } from './error.ts';
import { numberFrom } from './number.ts';

export type Token = { readonly at: number; readonly end: number } & (
  | { readonly kind: 'name' | 'operator' | 'mark'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string; readonly value: unknown }
  | { readonly kind: 'string'; readonly text: string; readonly parts: readonly StringPart[] }
  | { readonly kind: 'end'; readonly text: string }
);
/** A piece of a string: text as it is, or an interpolation `#{…}` with the tokens inside it. */
export type StringPart = string | readonly Token[];

const NAME = /[A-Za-z_$][\w$]*/y;
const NUMBER = /\d+(?:\.\d+)?L?/y;
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
  if (number) return { kind: 'number', text: number, value: numberFrom(number), at, end: at + number.length };
  const operator = matchAt(OPERATOR, source, at);
  if (operator) return { kind: 'operator', text: operator, at, end: at + operator.length };
  if ('()[]{},:.?='.includes(char)) return { kind: 'mark', text: char, at, end: at + 1 };
  throw fault(`expected an expression, got \`${char}\``, source, at);
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

/** Only the quote itself is escaped by a backslash; every other backslash stays. */
function stringAt(scan: Scan, start: number): Token {
  const { source } = scan;
  const quote = source[start]!;
  const parts: StringPart[] = [];
  let text = '';
  let at = start + 1;
  for (; source[at] !== quote; ) {
    if (at >= source.length) throw fault(`expected the closing ${quote} of a string, got the end`, source, start);
    if (source[at] === '\\' && at + 1 < source.length) {
      text += source[at + 1] === quote ? quote : source.slice(at, at + 2);
      at += 2;
    } else if (quote === '"' && source.startsWith('#{', at)) {
      const depth = (scan.depth ?? 0) + 1;
      if (depth > INTERPOLATION_DEPTH_MAX) throw fault('expected fewer strings inside one another', source, at);
      const tokens = tokensOf({ source, close: '}', opened: at, depth }, at + 2);
      if (text) parts.push(text);
      parts.push(tokens);
      text = '';
      at = tokens.at(-1)!.end;
    } else text += source[at++];
  }
  if (text || parts.length === 0) parts.push(text);
  return { kind: 'string', text: source.slice(start, at + 1), parts, at: start, end: at + 1 };
}

function matchAt(pattern: RegExp, source: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? '';
}

const fault = (reason: string, source: string, at: number): ExpressionError =>
  new ExpressionError('syntax', reason, { source, at });

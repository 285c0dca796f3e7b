/** A jq program → its tree; `undefined` for what is not known here, be it wrong or only beyond it. The real jq decides then. */
import { isBuiltin } from './builtins.ts';
import type { JqNode, JqOperator } from './syntax.ts';

const PROGRAM_CHARS_MAX = 2_000;
const DEPTH_MAX = 50;
const TOKEN =
  /\s*(?:#[^\n]*\n\s*)*(?:(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|("(?:[^"\\]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*")|(\.?[A-Za-z_]\w*)|(\.\.|\/\/|==|!=|<=|>=|[-+*/%<>|,.;:?[\](){}]))/y;
const BINDS: Readonly<Record<string, number>> = {
  '|': 1,
  ',': 2,
  '//': 3,
  or: 4,
  and: 5,
  '==': 6,
  '!=': 6,
  '<': 6,
  '>': 6,
  '<=': 6,
  '>=': 6,
  '+': 7,
  '-': 7,
  '*': 8,
  '/': 8,
  '%': 8,
};
/** To the right of these an operator of the same sort binds first. */
const RIGHT: readonly string[] = ['|', '//'];
const COMPARING = 6;
/** In an object a comma ends a value. */
const OBJECT_VALUE = 3;
const WORDS: Readonly<Record<string, unknown>> = { null: null, true: true, false: false };
const IDENTITY: JqNode = { kind: 'identity' };

/** Ends the reading of a program that is not known here. */
class Unknown extends Error {}

type Token = { readonly kind: 'number' | 'string' | 'name' | 'field' | 'mark'; readonly text: string };

export function parseJq(program: string): JqNode | undefined {
  try {
    const tokens = tokensOf(program);
    return new JqParser(tokens).whole();
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
}

function tokensOf(program: string): readonly Token[] {
  if (program.length > PROGRAM_CHARS_MAX) throw new Unknown();
  const tokens: Token[] = [];
  const text = program.trimEnd();
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.length; ) {
    const found = TOKEN.exec(text);
    if (!found) throw new Unknown();
    const [, number, string, name, mark] = found;
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (string !== undefined) tokens.push({ kind: 'string', text: string });
    else if (name !== undefined)
      tokens.push({ kind: name.startsWith('.') ? 'field' : 'name', text: name.replace('.', '') });
    else tokens.push({ kind: 'mark', text: mark! });
  }
  return tokens;
}

class JqParser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): JqNode {
    const node = this.#tokens.length === 0 ? IDENTITY : this.#expression(0);
    if (this.#next < this.#tokens.length) throw new Unknown();
    return node;
  }

  get #current(): Token | undefined {
    return this.#tokens[this.#next];
  }

  #is(text: string): boolean {
    const token = this.#current;
    return token?.text === text && (token.kind === 'mark' || token.kind === 'name');
  }

  #takeIf(text: string): boolean {
    const found = this.#is(text);
    if (found) this.#next++;
    return found;
  }

  #expect(text: string): void {
    if (!this.#takeIf(text)) throw new Unknown();
  }

  #expression(least: number): JqNode {
    if (++this.#depth > DEPTH_MAX) throw new Unknown();
    let left = this.#postfix();
    for (;;) {
      const token = this.#current;
      const binds = token && token.kind !== 'string' && token.kind !== 'field' ? BINDS[token.text] : undefined;
      if (!token || binds === undefined || binds < least) break;
      this.#next++;
      const right = this.#expression(RIGHT.includes(token.text) ? binds : binds + 1);
      left = { kind: 'binary', operator: token.text as JqOperator, left, right };
      // Comparisons do not follow one another.
      if (binds === COMPARING && BINDS[this.#current?.text ?? ''] === COMPARING) throw new Unknown();
    }
    this.#depth--;
    return left;
  }

  #postfix(): JqNode {
    let node = this.#term();
    for (;;) {
      const token = this.#current;
      if (token?.kind === 'field') {
        this.#next++;
        node = fieldOf(node, token.text);
      } else if (this.#is('.') && ['string', 'mark'].includes(this.#tokens[this.#next + 1]?.kind ?? '')) {
        this.#next++;
        if (this.#current?.kind === 'string') node = fieldOf(node, this.#string());
        else if (!this.#is('[')) throw new Unknown();
      } else if (this.#takeIf('[')) node = this.#bracket(node);
      else if (this.#takeIf('?')) node = { kind: 'try', target: node };
      else return node;
    }
  }

  #string(): string {
    const token = this.#current;
    if (token?.kind !== 'string') throw new Unknown();
    this.#next++;
    return JSON.parse(token.text) as string;
  }

  /** Behind the opening bracket of `target[…]`. */
  #bracket(target: JqNode): JqNode {
    if (this.#takeIf(']')) return { kind: 'iterate', target };
    const from = this.#is(':') ? undefined : this.#expression(0);
    if (from && this.#takeIf(']')) return { kind: 'index', target, key: from };
    this.#expect(':');
    const to = this.#is(']') ? undefined : this.#expression(0);
    this.#expect(']');
    if (!from && !to) throw new Unknown();
    return { kind: 'slice', target, from, to };
  }

  #term(): JqNode {
    const token = this.#current;
    if (!token) throw new Unknown();
    if (token.kind === 'string') return { kind: 'literal', value: this.#string() };
    this.#next++;
    switch (token.kind) {
      case 'number':
        return { kind: 'literal', value: Number(token.text) };
      case 'field':
        return fieldOf(IDENTITY, token.text);
      case 'name':
        return this.#word(token.text);
      case 'mark':
        return this.#mark(token.text);
    }
  }

  #mark(text: string): JqNode {
    switch (text) {
      case '.':
        return this.#current?.kind === 'string' ? fieldOf(IDENTITY, this.#string()) : IDENTITY;
      case '..':
        return { kind: 'recurse' };
      case '-':
        return { kind: 'negate', target: this.#postfix() };
      case '(': {
        const inner = this.#expression(0);
        this.#expect(')');
        return inner;
      }
      case '[': {
        const items = this.#is(']') ? undefined : this.#expression(0);
        this.#expect(']');
        return { kind: 'list', items };
      }
      case '{':
        return this.#object();
      default:
        throw new Unknown();
    }
  }

  #word(name: string): JqNode {
    if (Object.hasOwn(WORDS, name)) return { kind: 'literal', value: WORDS[name] };
    if (name === 'if') return this.#if();
    const args: JqNode[] = [];
    if (this.#takeIf('(')) {
      do args.push(this.#expression(0));
      while (this.#takeIf(';'));
      this.#expect(')');
    }
    if (!isBuiltin(name, args.length)) throw new Unknown();
    return { kind: 'call', name, args };
  }

  #if(): JqNode {
    const condition = this.#expression(0);
    this.#expect('then');
    const yes = this.#expression(0);
    if (this.#takeIf('elif')) return { kind: 'if', condition, yes, no: this.#if() };
    this.#expect('else');
    const no = this.#expression(0);
    this.#expect('end');
    return { kind: 'if', condition, yes, no };
  }

  #object(): JqNode {
    const entries: (readonly [JqNode, JqNode])[] = [];
    while (!this.#takeIf('}')) {
      if (entries.length > 0) this.#expect(',');
      const token = this.#current;
      if (this.#takeIf('(')) {
        const key = this.#expression(0);
        this.#expect(')');
        this.#expect(':');
        entries.push([key, this.#expression(OBJECT_VALUE)]);
      } else {
        if (token?.kind !== 'name' && token?.kind !== 'string') throw new Unknown();
        const name = token.kind === 'string' ? this.#string() : token.text;
        if (token.kind === 'name') this.#next++;
        const key: JqNode = { kind: 'literal', value: name };
        entries.push([key, this.#takeIf(':') ? this.#expression(OBJECT_VALUE) : fieldOf(IDENTITY, name)]);
      }
    }
    return { kind: 'object', entries };
  }
}

const fieldOf = (target: JqNode, name: string): JqNode => ({
  kind: 'index',
  target,
  key: { kind: 'literal', value: name },
});

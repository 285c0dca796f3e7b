/** Tokens → expression. Precedence as Pebble's, where a filter binds tighter than `*` but looser than `~`, `..` and `??`, and `not` tighter than all. */
import type { Arguments, BinaryOperator, Expression, UnaryOperator } from './ast.ts';
import { DEPTH_MAX } from './budget.ts';
import { ExpressionError } from './error.ts';
import type { Token } from './lexer.ts';

const PRECEDENCE: Readonly<Record<string, number>> = {
  or: 10,
  and: 15,
  is: 20,
  contains: 20,
  isIn: 20,
  '==': 30,
  equals: 30,
  '!=': 30,
  '<': 30,
  '>': 30,
  '<=': 30,
  '>=': 30,
  '+': 40,
  '-': 40,
  '*': 60,
  '/': 60,
  '%': 60,
  '|': 100,
  '~': 110,
  '..': 120,
  '??': 120,
  '???': 120,
};
const UNARY: Readonly<Record<string, number>> = { not: 500, '+': 500, '-': 500 };
const CONSTANTS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['TRUE', true],
  ['false', false],
  ['FALSE', false],
  ['null', null],
  ['NULL', null],
  ['none', null],
  ['NONE', null],
]);

export class Parser {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth: number;

  /** `tokens` end with an `end` token. */
  constructor(source: string, tokens: readonly Token[], depth = 0) {
    this.#source = source;
    this.#tokens = tokens;
    this.#depth = depth;
  }

  get current(): Token {
    return this.#tokens[this.#next]!;
  }

  is(text: string): boolean {
    return this.current.text === text && this.current.kind !== 'string' && this.current.kind !== 'end';
  }

  take(): Token {
    const token = this.current;
    if (token.kind !== 'end') this.#next++;
    return token;
  }

  takeIf(text: string): boolean {
    const found = this.is(text);
    if (found) this.#next++;
    return found;
  }

  expect(text: string): Token {
    if (!this.is(text)) throw this.unexpected(`\`${text}\``);
    return this.take();
  }

  name(what: string): string {
    if (this.current.kind !== 'name') throw this.unexpected(what);
    return this.take().text;
  }

  /** A name that gets a value. */
  newName(what: string): string {
    if (CONSTANTS.has(this.current.text)) throw this.unexpected(what);
    return this.name(what);
  }

  end(): void {
    if (this.current.kind !== 'end') throw this.unexpected('the end of the expression');
  }

  unexpected(wanted: string): ExpressionError {
    const { kind, text, at } = this.current;
    const got = kind === 'end' ? (text ? `\`${text}\`` : 'the end') : kind === 'string' ? text : `\`${text}\``;
    return new ExpressionError('syntax', `expected ${wanted}, got ${got}`, { source: this.#source, at });
  }

  expression(least = 0): Expression {
    if (++this.#depth > DEPTH_MAX) {
      throw new ExpressionError('budget', `expected at most ${DEPTH_MAX} levels of brackets and operators`, {
        source: this.#source,
        at: this.current.at,
      });
    }
    let left = this.#operand();
    for (;;) {
      const operator = this.#binary();
      if (!operator || PRECEDENCE[operator]! < least) break;
      left = this.#applied(left, operator);
    }
    if (least === 0 && this.takeIf('?')) {
      const yes = this.expression();
      this.expect(':');
      left = { kind: 'ternary', at: left.at, condition: left, yes, no: this.expression() };
    }
    this.#depth--;
    return left;
  }

  #binary(): string | undefined {
    const { kind, text } = this.current;
    return (kind === 'name' || kind === 'operator') && Object.hasOwn(PRECEDENCE, text) ? text : undefined;
  }

  #applied(left: Expression, operator: string): Expression {
    const { at } = this.take();
    if (operator === '|') return { kind: 'filter', input: left, ...this.filter() };
    if (operator === 'is') {
      const negated = this.takeIf('not');
      const testAt = this.current.at;
      const name = this.name('the name of a test');
      return { kind: 'test', at: testAt, input: left, name, args: this.#maybeArguments(), negated };
    }
    const right = this.expression(PRECEDENCE[operator]! + 1);
    return { kind: 'binary', at, operator: (operator === 'equals' ? '==' : operator) as BinaryOperator, left, right };
  }

  /** A filter's name and arguments, behind the bar. */
  filter(): { readonly name: string; readonly args: Arguments; readonly at: number } {
    const at = this.current.at;
    const name = this.name('the name of a filter');
    return { name, args: this.#maybeArguments(), at };
  }

  #operand(): Expression {
    const { kind, text, at } = this.current;
    if (kind !== 'string' && Object.hasOwn(UNARY, text)) {
      this.take();
      return { kind: 'unary', at, operator: text as UnaryOperator, operand: this.expression(UNARY[text]!) };
    }
    if (this.takeIf('(')) {
      const inner = this.expression();
      this.expect(')');
      return this.#postfix(inner);
    }
    if (this.is('[')) return this.#list();
    if (this.is('{')) return this.#map();
    return this.#postfix(this.#atom());
  }

  #atom(): Expression {
    const token = this.current;
    const { at } = token;
    if (token.kind === 'number') {
      this.take();
      return { kind: 'literal', at, value: token.value };
    }
    if (token.kind === 'string') {
      this.take();
      return this.#string(token);
    }
    const name = this.name('an expression');
    if (CONSTANTS.has(name)) return { kind: 'literal', at, value: CONSTANTS.get(name) };
    return this.is('(') ? { kind: 'call', at, name, args: this.arguments() } : { kind: 'name', at, name };
  }

  #string({ parts, at }: Token & { kind: 'string' }): Expression {
    const pieces = parts.map((part): Expression => {
      if (typeof part === 'string') return { kind: 'literal', at, value: part };
      const inner = new Parser(this.#source, part, this.#depth);
      const value = inner.expression();
      inner.end();
      return value;
    });
    if (pieces.length === 1 && typeof parts[0] === 'string') return pieces[0]!;
    const empty: Expression = { kind: 'literal', at, value: '' };
    return pieces.reduce((left, right): Expression => ({ kind: 'binary', at, operator: '~', left, right }), empty);
  }

  #postfix(start: Expression): Expression {
    let object = start;
    for (;;) {
      const { at } = this.current;
      if (this.takeIf('.')) {
        const nameAt = this.current.at;
        const name = this.#propertyName();
        object = this.is('(')
          ? { kind: 'method', at, object, name, args: this.arguments() }
          : { kind: 'member', at: nameAt, object, name };
      } else if (this.takeIf('[')) {
        const key = this.expression();
        this.expect(']');
        object = { kind: 'index', at, object, key };
      } else return object;
    }
  }

  /** A word that is an operator is none: it stands in brackets, as `['contains']`. */
  #propertyName(): string {
    const { text } = this.current;
    if (Object.hasOwn(PRECEDENCE, text) || text === 'not')
      throw this.unexpected("the name of a property (a word such as `is` stands as `['is']`)");
    return this.name('the name of a property (an item of a list is `[0]`)');
  }

  #list(): Expression {
    const { at } = this.expect('[');
    const items: Expression[] = [];
    while (!this.is(']')) {
      if (items.length > 0) this.expect(',');
      items.push(this.expression());
    }
    this.expect(']');
    return { kind: 'list', at, items };
  }

  #map(): Expression {
    const { at } = this.expect('{');
    const entries: (readonly [Expression, Expression])[] = [];
    while (!this.is('}')) {
      if (entries.length > 0) this.expect(',');
      const key = this.expression();
      this.expect(':');
      entries.push([key, this.expression()]);
    }
    this.expect('}');
    return { kind: 'map', at, entries };
  }

  #maybeArguments(): Arguments {
    return this.is('(') ? this.arguments() : { positional: [], named: [] };
  }

  arguments(): Arguments {
    const positional: Expression[] = [];
    const named: { name: string; value: Expression }[] = [];
    this.expect('(');
    while (!this.is(')')) {
      if (positional.length + named.length > 0) this.expect(',');
      const following = this.#tokens[this.#next + 1];
      if (this.current.kind === 'name' && following?.kind === 'mark' && following.text === '=') {
        const name = this.take().text;
        this.take();
        named.push({ name, value: this.expression() });
      } else if (named.length > 0) throw this.unexpected('only named arguments behind a named one');
      else positional.push(this.expression());
    }
    this.expect(')');
    return { positional, named };
  }
}

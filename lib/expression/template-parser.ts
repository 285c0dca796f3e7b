/**
 * A template's text → its nodes: text, `{{ … }}`, `{% … %}`, `{# … #}`. A `-` inside a mark takes the white space on that side;
 * behind an opening mark it must be followed by a space, for `{{-1}}` is a number.
 */
import { nearest } from '../nearest.ts';
import { DEPTH_MAX, TEMPLATE_CHARS_MAX } from './budget.ts';
import { ExpressionError } from './error.ts';
import { guarded } from './frame.ts';
import { tokensOf } from './lexer.ts';
import type { Macro, Node, Reading } from './node.ts';
import { Parser } from './parser.ts';
import { TAGS } from './tags/table.ts';
import { verbatimAt } from './tags/verbatim.ts';
import { print } from './value/print.ts';

const OPENING = /\{\{|\{%|\{#/g;
const TRIM = /-(?=\s)/y;

export type Parsed = {
  readonly nodes: readonly Node[];
  readonly macros: ReadonlyMap<string, Macro>;
  readonly blocks: ReadonlyMap<string, readonly Node[]>;
};

/** @throws ExpressionError with fault `syntax` or `budget`. */
export function parseTemplate(source: string): Parsed {
  if (source.length > TEMPLATE_CHARS_MAX) {
    const reason = `expected a template of at most ${TEMPLATE_CHARS_MAX} characters`;
    throw new ExpressionError('budget', reason, { source, at: 0 });
  }
  const parser = new TemplateParser(source);
  const { nodes, ended } = parser.nodes([]);
  if (ended) throw parser.fault(`expected no \`${ended.name}\` here: it ends nothing`, ended.at);
  return { nodes, macros: parser.macros, blocks: parser.blocks };
}

/** The tag that ended a body: `else`, `endif`…, with the rest of its expression still to be read. */
type Ended = { readonly name: string; readonly at: number; readonly parser: Parser };
type Body = { readonly nodes: readonly Node[]; readonly ended?: Ended };

class TemplateParser {
  readonly macros = new Map<string, Macro>();
  readonly blocks = new Map<string, readonly Node[]>();
  readonly #source: string;
  #at = 0;
  #trimNext = false;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
  }

  fault(reason: string, at: number, hint = ''): ExpressionError {
    return new ExpressionError('syntax', reason, { source: this.#source, at }, hint);
  }

  /** Nodes up to one of the tags of `until`, or to the end of the source. */
  nodes(until: readonly string[]): Body {
    if (++this.#depth > DEPTH_MAX) throw this.fault(`expected at most ${DEPTH_MAX} tags inside one another`, this.#at);
    const nodes: Node[] = [];
    for (let opening = this.#text(nodes); opening; opening = this.#text(nodes)) {
      const at = this.#at;
      this.#at += opening.length;
      if (this.#trimsBefore(this.#at)) this.#at++;
      if (opening === '{#') this.#comment(at);
      else if (opening === '{{') nodes.push(this.#print(at));
      else {
        const parser = this.#marked('%}', at);
        const name = parser.name('the name of a tag');
        if (until.includes(name) || name.startsWith('end') || name === 'else' || name === 'elseif') {
          this.#depth--;
          return { nodes, ended: { name, at, parser } };
        }
        nodes.push(...this.#tag(name, parser, at));
      }
    }
    this.#depth--;
    return { nodes };
  }

  /** Takes the text before the next mark, and says which mark that is. */
  #text(nodes: Node[]): string | undefined {
    for (;;) {
      OPENING.lastIndex = this.#at;
      const found = OPENING.exec(this.#source);
      const end = found ? found.index : this.#source.length;
      const verbatim = found?.[0] === '{%' ? verbatimAt(this.#source, end) : undefined;
      if (verbatim === 'unclosed')
        throw this.fault('expected the end of what stands raw or verbatim, got the end', end);
      let text = this.#source.slice(this.#at, end);
      if (this.#trimNext) text = text.trimStart();
      if (found && !verbatim?.raw && this.#trimsBefore(end + 2)) text = text.trimEnd();
      nodes.push(...textNodes(text), ...textNodes(verbatim?.text ?? ''));
      this.#trimNext = verbatim?.trimsNext ?? false;
      this.#at = verbatim?.end ?? end;
      if (!verbatim) return found?.[0];
    }
  }

  #trimsBefore(at: number): boolean {
    TRIM.lastIndex = at;
    return TRIM.test(this.#source);
  }

  #marked(close: string, at: number): Parser {
    const tokens = tokensOf({ source: this.#source, close, opened: at }, this.#at);
    const end = tokens.at(-1)!;
    if (tokens.length === 1) throw this.fault('expected an expression between the marks, got nothing', at);
    this.#at = end.end;
    this.#trimNext = end.text.startsWith('-');
    return new Parser(this.#source, tokens);
  }

  #comment(at: number): void {
    const end = this.#source.indexOf('#}', this.#at);
    if (end === -1) throw this.fault('expected the closing `#}` of a comment', at);
    this.#trimNext = /\s-$/.test(this.#source.slice(Math.max(at, end - 2), end));
    this.#at = end + 2;
  }

  #print(at: number): Node {
    const parser = this.#marked('}}', at);
    const value = parser.expression();
    parser.end();
    return {
      walk: (walk) => walk.expression(value),
      compile(unit) {
        const evaluate = unit.strict(value);
        return guarded((frame) => print(evaluate(frame)), { source: unit.source, at });
      },
    };
  }

  #tag(name: string, parser: Parser, at: number): readonly Node[] {
    const tag = Object.hasOwn(TAGS, name) ? TAGS[name] : undefined;
    if (tag) return tag.read(this.#reading(parser, at));
    const near = nearest(name, Object.keys(TAGS));
    throw this.fault(
      `expected a tag (${Object.keys(TAGS).join(', ')}), got \`${name}\``,
      at,
      near && `did you mean \`${near}\`?`,
    );
  }

  #reading(parser: Parser, at: number): Reading {
    const until = (tag: string, others: readonly string[]): ReturnType<Reading['until']> => {
      const { nodes, ended } = this.nodes([...others, `end${tag}`]);
      if (!ended) throw this.fault(`expected \`{% end${tag} %}\` for this \`${tag}\`, got the end of the template`, at);
      if (ended.name !== `end${tag}` && !others.includes(ended.name))
        throw this.fault(`expected \`end${tag}\`, got \`${ended.name}\``, ended.at);
      return { nodes, ended: ended.name, parser: ended.parser };
    };
    return {
      at,
      parser,
      until,
      body(tag, name) {
        const body = until(tag, []);
        if (name !== undefined && body.parser.current.text === name) body.parser.take();
        body.parser.end();
        return body.nodes;
      },
      declareMacro: (name, macro) => {
        if (this.macros.has(name)) throw this.fault(`expected one macro \`${name}\`, got two`, at);
        this.macros.set(name, macro);
      },
      declareBlock: (name, nodes) => {
        if (this.blocks.has(name)) throw this.fault(`expected one block \`${name}\`, got two`, at);
        this.blocks.set(name, nodes);
      },
      fault: (reason) => this.fault(reason, at),
    };
  }
}

function textNodes(text: string): readonly Node[] {
  return text ? [{ walk: () => undefined, compile: () => () => text }] : [];
}

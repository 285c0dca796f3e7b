/** A template's text → its nodes: text, `{{ … }}`, `{% … %}`, `{# … #}`. A `-` inside a mark takes the white space on that side. */
import type { Branch, Node, Parameter } from './ast.ts';
import { DEPTH_MAX, TEMPLATE_CHARS_MAX } from './budget.ts';
import { ExpressionError } from './error.ts';
import { tokensOf } from './lexer.ts';
import { Parser } from './parser.ts';

const OPENING = /\{\{|\{%|\{#/g;
const VERBATIM_END = /\{%(-?)\s*end(?:raw|verbatim)\s*(-?)%\}/g;
const TAGS_WITH_BODY = 'if, for, macro, block, filter, raw, verbatim or autoescape';

/** @throws ExpressionError with fault `syntax` or `budget`. */
export function parseTemplate(source: string): readonly Node[] {
  if (source.length > TEMPLATE_CHARS_MAX) {
    throw new ExpressionError('budget', `expected a template of at most ${TEMPLATE_CHARS_MAX} characters`, {
      source,
      at: 0,
    });
  }
  const parser = new TemplateParser(source);
  const { nodes, ended } = parser.nodes([]);
  if (ended) throw parser.fault(`expected no \`${ended.name}\` here: it ends nothing`, ended.at);
  return nodes;
}

/** The tag that ended a body: `else`, `endif`…, with the rest of its expression still to be read. */
type Ended = { readonly name: string; readonly at: number; readonly parser: Parser };
type Body = { readonly nodes: readonly Node[]; readonly ended?: Ended };

class TemplateParser {
  readonly #source: string;
  #at = 0;
  #trimNext = false;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
  }

  fault(reason: string, at: number): ExpressionError {
    return new ExpressionError('syntax', reason, { source: this.#source, at });
  }

  /** Nodes up to one of the tags of `until`, or to the end of the source. */
  nodes(until: readonly string[]): Body {
    if (++this.#depth > DEPTH_MAX) throw this.fault(`expected at most ${DEPTH_MAX} tags inside one another`, this.#at);
    const nodes: Node[] = [];
    for (;;) {
      const opening = this.#text(nodes);
      if (!opening) break;
      const at = this.#at;
      this.#at += opening.length;
      if (this.#source[this.#at] === '-') this.#at++;
      if (opening === '{#') this.#comment(at);
      else if (opening === '{{') nodes.push(this.#print(at));
      else {
        const parser = this.#marked('%}', at);
        const name = parser.name('the name of a tag');
        if (until.includes(name) || (name.startsWith('e') && (name.startsWith('end') || name.startsWith('else')))) {
          this.#depth--;
          return { nodes, ended: { name, at, parser } };
        }
        const node = this.#tag(name, parser, at);
        nodes.push(...(Array.isArray(node) ? node : [node]));
      }
    }
    this.#depth--;
    return { nodes };
  }

  /** Takes the text before the next mark, and says which mark that is. */
  #text(nodes: Node[]): string | undefined {
    OPENING.lastIndex = this.#at;
    const found = OPENING.exec(this.#source);
    const end = found ? found.index : this.#source.length;
    let text = this.#source.slice(this.#at, end);
    if (this.#trimNext) text = text.trimStart();
    if (found && this.#source[end + 2] === '-') text = text.trimEnd();
    if (text) nodes.push({ kind: 'text', text, at: this.#at });
    this.#trimNext = false;
    this.#at = end;
    return found?.[0];
  }

  #marked(close: string, at: number): Parser {
    const tokens = tokensOf({ source: this.#source, close, opened: at }, this.#at);
    const end = tokens.at(-1)!;
    if (tokens.length === 1) throw this.fault(`expected an expression between the marks, got nothing`, at);
    this.#at = end.end;
    this.#trimNext = end.text.startsWith('-');
    return new Parser(this.#source, tokens);
  }

  #comment(at: number): void {
    const end = this.#source.indexOf('#}', this.#at);
    if (end === -1) throw this.fault('expected the closing `#}` of a comment', at);
    this.#trimNext = this.#source[end - 1] === '-';
    this.#at = end + 2;
  }

  #print(at: number): Node {
    const parser = this.#marked('}}', at);
    const value = parser.expression();
    parser.end();
    return { kind: 'print', value, at };
  }

  #tag(name: string, parser: Parser, at: number): Node | readonly Node[] {
    switch (name) {
      case 'if':
        return this.#if(parser, at);
      case 'for':
        return this.#for(parser, at);
      case 'set':
        return this.#set(parser, at);
      case 'macro':
        return this.#macro(parser, at);
      case 'block':
        return this.#block(parser, at);
      case 'filter':
        return this.#filter(parser, at);
      case 'raw':
      case 'verbatim':
        return this.#verbatim(parser, at);
      case 'autoescape': {
        // Nothing is escaped by itself here, so the tag changes nothing.
        return this.#body(at, 'autoescape');
      }
      default:
        throw this.fault(`expected a tag (set, ${TAGS_WITH_BODY}), got \`${name}\``, at);
    }
  }

  #body(at: number, tag: string): readonly Node[] {
    const { nodes, ended } = this.nodes([`end${tag}`]);
    this.#mustEnd(ended, { tag, at });
    return nodes;
  }

  #mustEnd(ended: Ended | undefined, { tag, at }: { tag: string; at: number }): void {
    if (!ended) throw this.fault(`expected \`{% end${tag} %}\` for this \`${tag}\`, got the end of the template`, at);
    if (ended.name !== `end${tag}`) throw this.fault(`expected \`end${tag}\`, got \`${ended.name}\``, ended.at);
  }

  #if(first: Parser, at: number): Node {
    const branches: Branch[] = [];
    let parser = first;
    for (;;) {
      const condition = parser.expression();
      parser.end();
      const { nodes, ended } = this.nodes(['elseif', 'else', 'endif']);
      branches.push({ condition, body: nodes });
      if (ended?.name === 'elseif') {
        parser = ended.parser;
        continue;
      }
      if (ended?.name === 'else') return { kind: 'if', at, branches, otherwise: this.#body(at, 'if') };
      this.#mustEnd(ended, { tag: 'if', at });
      return { kind: 'if', at, branches, otherwise: [] };
    }
  }

  #for(parser: Parser, at: number): Node {
    const name = parser.name('the name of the loop variable');
    parser.expect('in');
    const values = parser.expression();
    parser.end();
    const { nodes: body, ended } = this.nodes(['else', 'endfor']);
    if (ended?.name === 'else') return { kind: 'for', at, name, values, body, otherwise: this.#body(at, 'for') };
    this.#mustEnd(ended, { tag: 'for', at });
    return { kind: 'for', at, name, values, body, otherwise: [] };
  }

  #set(parser: Parser, at: number): Node {
    const name = parser.name('the name of a variable');
    parser.expect('=');
    const value = parser.expression();
    parser.end();
    return { kind: 'set', at, name, value };
  }

  #macro(parser: Parser, at: number): Node {
    const name = parser.name('the name of a macro');
    const parameters: Parameter[] = [];
    parser.expect('(');
    while (!parser.is(')')) {
      const parameter = parser.name('the name of a parameter');
      parameters.push({ name: parameter, fallback: parser.takeIf('=') ? parser.expression() : undefined });
      if (!parser.takeIf(',')) break;
    }
    parser.expect(')');
    parser.end();
    return { kind: 'macro', at, name, parameters, body: this.#body(at, 'macro') };
  }

  #block(parser: Parser, at: number): Node {
    const token = parser.take();
    if (token.kind === 'mark' || token.kind === 'operator' || token.kind === 'end')
      throw this.fault('expected the name of a block', at);
    parser.end();
    return {
      kind: 'block',
      at,
      name: token.kind === 'string' ? token.text.slice(1, -1) : token.text,
      body: this.#body(at, 'block'),
    };
  }

  #filter(parser: Parser, at: number): Node {
    const filters = [parser.filter()];
    while (parser.takeIf('|')) filters.push(parser.filter());
    parser.end();
    return { kind: 'filtered', at, filters, body: this.#body(at, 'filter') };
  }

  #verbatim(parser: Parser, at: number): readonly Node[] {
    parser.end();
    VERBATIM_END.lastIndex = this.#at;
    const found = VERBATIM_END.exec(this.#source);
    if (!found) throw this.fault('expected `{% endraw %}` or `{% endverbatim %}`, got the end of the template', at);
    let text = this.#source.slice(this.#at, found.index);
    if (this.#trimNext) text = text.trimStart();
    if (found[1]) text = text.trimEnd();
    const node: Node = { kind: 'text', text, at: this.#at };
    this.#trimNext = found[2] === '-';
    this.#at = found.index + found[0].length;
    return [node];
  }
}

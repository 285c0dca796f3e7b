/**
 * What a template is made of, between its text: a node is what a tag became when it was read. It knows how it is compiled and
 * what it can read, so that a tag is one file in `tags/`.
 */
import type { Arguments, Expression } from './ast.ts';
import type { ExpressionError } from './error.ts';
import type { Evaluate, Write } from './frame.ts';
import type { Parser } from './parser.ts';

export type Node = {
  compile(unit: Unit): Write;
  /** Tells what it can read, too much rather than too little. */
  walk(walk: Walk): void;
};

/** A filter, function, test or macro as it is called. `at` is an offset in the source. */
export type Named = { readonly name: string; readonly args: Arguments; readonly at: number };

/** One template while it is being compiled. */
export type Unit = {
  readonly source: string;
  /** @throws where something is missing, when it is evaluated. */
  strict(expression: Expression): Evaluate;
  /** What is missing is `undefined`, when it is evaluated. */
  lenient(expression: Expression): Evaluate;
  /** What stands one after another. */
  body(nodes: readonly Node[]): Write;
  filter(named: Named, input: Evaluate): Evaluate;
  macro(name: string): CompiledMacro | undefined;
  block(name: string): Write | undefined;
};

export type MacroParameter = { readonly name: string; readonly fallback?: Expression };
export type Macro = { readonly parameters: readonly MacroParameter[]; readonly body: readonly Node[] };
export type CompiledMacro = {
  readonly parameters: readonly { readonly name: string; readonly fallback?: Evaluate }[];
  readonly write: Write;
};

/** A walk over a template that finds what it can read: see reaches.ts. */
export type Walk = {
  expression(expression: Expression): void;
  nodes(nodes: readonly Node[]): void;
  /** The same walk, where these names are the template's own. */
  inside(names: readonly string[]): Walk;
  /** A variable that the template sets. */
  sets(name: string): void;
};

/** A tag while it is being read: its parser stands behind the tag's name. */
export type Reading = {
  readonly at: number;
  readonly parser: Parser;
  /** The nodes up to `end<tag>`, which may repeat `name`. */
  body(tag: string, name?: string): readonly Node[];
  /** The nodes up to `end<tag>` or one of `others`, and which of them it was. */
  until(
    tag: string,
    others: readonly string[],
  ): { readonly nodes: readonly Node[]; readonly ended: string; readonly parser: Parser };
  declareMacro(name: string, macro: Macro): void;
  declareBlock(name: string, nodes: readonly Node[]): void;
  fault(reason: string): ExpressionError;
};

export type Tag = { read(reading: Reading): readonly Node[] };

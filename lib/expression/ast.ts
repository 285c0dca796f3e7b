/** The tree of a template: nodes are what is written one after another, expressions what stands between braces. `at` is an offset in the source. */
export type Arguments = {
  readonly positional: readonly Expression[];
  readonly named: readonly { readonly name: string; readonly value: Expression }[];
};

export type BinaryOperator =
  | 'or'
  | 'and'
  | 'contains'
  | 'isIn'
  | '=='
  | '!='
  | '<'
  | '>'
  | '<='
  | '>='
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '~'
  | '..'
  | '??'
  | '???';
export type UnaryOperator = 'not' | '+' | '-';

export type Expression = { readonly at: number } & (
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly object: Expression; readonly name: string }
  | { readonly kind: 'index'; readonly object: Expression; readonly key: Expression }
  | { readonly kind: 'method'; readonly object: Expression; readonly name: string; readonly args: Arguments }
  | { readonly kind: 'call'; readonly name: string; readonly args: Arguments }
  | { readonly kind: 'filter'; readonly input: Expression; readonly name: string; readonly args: Arguments }
  | {
      readonly kind: 'test';
      readonly input: Expression;
      readonly name: string;
      readonly args: Arguments;
      readonly negated: boolean;
    }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'ternary'; readonly condition: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [Expression, Expression])[] }
);

export type Branch = { readonly condition: Expression; readonly body: readonly Node[] };
export type Parameter = { readonly name: string; readonly fallback?: Expression };

export type Node = { readonly at: number } & (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'print'; readonly value: Expression }
  | { readonly kind: 'if'; readonly branches: readonly Branch[]; readonly otherwise: readonly Node[] }
  | {
      readonly kind: 'for';
      readonly name: string;
      readonly values: Expression;
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
    }
  | { readonly kind: 'set'; readonly name: string; readonly value: Expression }
  | {
      readonly kind: 'macro';
      readonly name: string;
      readonly parameters: readonly Parameter[];
      readonly body: readonly Node[];
    }
  | { readonly kind: 'block'; readonly name: string; readonly body: readonly Node[] }
  | {
      readonly kind: 'filtered';
      readonly filters: readonly { readonly name: string; readonly args: Arguments; readonly at: number }[];
      readonly body: readonly Node[];
    }
);

export const NO_ARGUMENTS: Arguments = { positional: [], named: [] };

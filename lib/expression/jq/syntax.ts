/** The tree of a jq program, of the part of jq that is known here: paths, pipes, construction, operators, and the builtins of builtins.ts. */
export type JqOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '=='
  | '!='
  | '<'
  | '>'
  | '<='
  | '>='
  | 'and'
  | 'or'
  | '//'
  | '|'
  | ',';

export type JqNode =
  | { readonly kind: 'identity' }
  | { readonly kind: 'recurse' }
  | { readonly kind: 'literal'; readonly value: unknown }
  /** `target[key]`, `target.name`. */
  | { readonly kind: 'index'; readonly target: JqNode; readonly key: JqNode }
  | { readonly kind: 'slice'; readonly target: JqNode; readonly from?: JqNode; readonly to?: JqNode }
  | { readonly kind: 'iterate'; readonly target: JqNode }
  /** `target?`: what fails gives nothing. */
  | { readonly kind: 'try'; readonly target: JqNode }
  | { readonly kind: 'negate'; readonly target: JqNode }
  | { readonly kind: 'list'; readonly items?: JqNode }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [key: JqNode, value: JqNode])[] }
  | { readonly kind: 'binary'; readonly operator: JqOperator; readonly left: JqNode; readonly right: JqNode }
  | { readonly kind: 'if'; readonly condition: JqNode; readonly yes: JqNode; readonly no: JqNode }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly JqNode[] };

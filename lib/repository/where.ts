/**
 * What may be asked of rows beyond equality: terms, joined by all, any and not. A row that does not have what a term asks about
 * (no end yet, no trigger) does not fit the term, and fits its negation.
 */
export type Where<T> =
  | { readonly all: readonly Where<T>[] }
  | { readonly any: readonly Where<T>[] }
  | { readonly not: Where<T> }
  | T;

/** `below`: the namespace and all below it; elsewhere the text and what goes on behind a dot. */
export type TextComparison = 'equal' | 'containing' | 'startingWith' | 'endingWith' | 'below';
export type NumberComparison = 'equal' | 'atLeast' | 'atMost' | 'above' | 'under';

export interface TextTerm<F extends string> {
  readonly field: F;
  readonly is: TextComparison;
  readonly value: string;
}

export interface NumberTerm<F extends string> {
  readonly field: F;
  readonly is: NumberComparison;
  readonly value: number;
}

export interface LabelTerm {
  readonly label: string;
  readonly value: string;
}

/** The field has a value. */
export interface PresenceTerm<F extends string> {
  readonly present: F;
}

/** Anywhere in the texts that a search looks through. */
export interface AnywhereTerm {
  readonly anywhere: string;
}

export type ExecutionTextField = 'id' | 'namespace' | 'flowId' | 'state' | 'triggerExecutionId';
export type ExecutionWhere = Where<
  | TextTerm<ExecutionTextField>
  | NumberTerm<'startMs' | 'endMs'>
  | LabelTerm
  | PresenceTerm<'triggerExecutionId'>
  | AnywhereTerm
>;

export type FlowWhere = Where<TextTerm<'id' | 'namespace' | 'source'> | AnywhereTerm>;

export type LineWhere = Where<
  TextTerm<'executionId' | 'namespace' | 'flowId' | 'taskId' | 'level'> | NumberTerm<'atMs'> | AnywhereTerm
>;

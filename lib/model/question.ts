/** What an expression may ask of the world around it, and what it is told. Plain JSON: questions travel from executors to workers. */
export type FactKind =
  /** `key`, `namespace` (null: that of the flow, then its parents). */
  | 'kv'
  /** `key`, `namespace` (null: that of the flow). The answer is the secret's text; who gives it out masks it in logs. */
  | 'secret'
  /** `name`, of an external secret store's credential. */
  | 'credential'
  /** `path`: a file of the namespace, or a URI of the internal storage; `namespace` (null: that of the flow). */
  | 'read'
  | 'fileSize'
  | 'fileExists'
  | 'isFileEmpty'
  /** `uri`, `method`, `query`, `body`, `contentType`, `accept`, `headers`, `options`. The answer is the parsed body. */
  | 'http'
  /** Without arguments: the last error lines of this execution. */
  | 'errorLogs'
  /** `namespace`, `flowId`, `inputs`: what a flow called for a form gives back. */
  | 'subflow'
  /** `program`, `value`: a jq program that `jq/` here does not know. The answer is the list of its results. */
  | 'jq'
  /** Without arguments: milliseconds since 1970. */
  | 'now'
  /** Without arguments. Not answered: dice come with the world. */
  | 'random';

/** Plain JSON, so that it can travel. Two questions with the same `questionKey` are the same question. */
export type Question = { readonly kind: FactKind; readonly args: Readonly<Record<string, unknown>> };

/** `missing` says what there is not, `refused` why there is no answer: both are texts for a person. */
export type Answer = { readonly value: unknown } | { readonly missing: string } | { readonly refused: string };

export interface Answered {
  readonly question: Question;
  readonly answer: Answer;
}
